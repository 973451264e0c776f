#!/usr/bin/env node
/** `npx node-libwebrtc <command>`: finds the command and hands over to it. Each loads what it needs itself. */

/** A command of the program. */
interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** Loads the module that has `run(args)`, which gives the exit code. */
  load: () => Promise<{ run: (args: string[]) => Promise<number> }>;
}

const commands: Record<string, Command> = {
  doctor: {
    summary: 'what works on this machine: the addon, codecs, networks, STUN and TURN servers, a call',
    load: () => import('./doctor/command.js'),
  },
  record: {
    summary: 'a server that records what is published over WHIP, and plays it to viewers over WHEP',
    load: () => import('./record.js'),
  },
};

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: node-libwebrtc <command> [options]',
    '',
    ...lines,
    '',
    '`node-libwebrtc <command> --help` tells the options of a command.',
    '',
  ].join('\n');
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`node-libwebrtc: there is no command "${name}".\n\n${usage()}`);
    return 2;
  }
  return (await command.load()).run(args);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`node-libwebrtc: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
