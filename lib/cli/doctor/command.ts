/** `node-libwebrtc doctor`. */
import { parseArgs } from 'node:util';
import { buildReport, platformReport } from './platform';
import type { Report } from './report';
import type { Server } from './servers';
import { coloured, colourless, render } from './text';

const USAGE = `Usage: node-libwebrtc doctor [options]

Says what works on this machine: the addon, codecs, networks, STUN and TURN servers, a call over loopback.
The exit code is 0 when everything that was tried works, 1 when something does not, 2 for wrong options.

  --stun <url>          a STUN server to try, as in stun:stun.example.org:3478; may be given several times
  --turn <url>          a TURN server to try, as in turn:turn.example.org?transport=tcp or turns:turn.example.org;
                        may be given several times
  --username <name>     for the TURN servers
  --credential <text>   their password; taken from the environment variable TURN_CREDENTIAL where absent
  --timeout <seconds>   how long an answer is waited for: 10
  --seconds <seconds>   how long data, and then media, are sent in the call: 1
  --no-call             leaves the call out
  --json                prints the report as JSON
  --help
`;

/** The options do not fit. */
class UsageError extends Error {}

interface Options {
  servers: Server[];
  /** Milliseconds. */
  timeout: number;
  duration: number;
  call: boolean;
  json: boolean;
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new UsageError(`--${name} ${text} is no number of seconds.`);
  return value * 1000;
}

function parse(args: string[]): Options | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        stun: { type: 'string', multiple: true, default: [] },
        turn: { type: 'string', multiple: true, default: [] },
        username: { type: 'string' },
        credential: { type: 'string' },
        timeout: { type: 'string', default: '10' },
        seconds: { type: 'string', default: '1' },
        'no-call': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return 'help';
  const { username } = values;
  const credential = values.credential ?? process.env['TURN_CREDENTIAL'];
  if (values.turn.length > 0 && (username === undefined || credential === undefined)) {
    throw new UsageError('--turn needs --username, and --credential or TURN_CREDENTIAL.');
  }
  const scheme = (url: string, wanted: RegExp, name: string): string => {
    if (!wanted.test(url)) throw new UsageError(`--${name} ${url} is no ${name.toUpperCase()} URL.`);
    return url;
  };
  return {
    servers: [
      ...values.stun.map((url): Server => ({ url: scheme(url, /^stuns?:./, 'stun'), kind: 'stun' })),
      ...values.turn.map((url): Server => ({
        url: scheme(url, /^turns?:./, 'turn'),
        kind: 'turn',
        username: username ?? '',
        credential: credential ?? '',
      })),
    ],
    timeout: positive(values.timeout, 'timeout'),
    duration: positive(values.seconds, 'seconds'),
    call: !values['no-call'],
    json: values.json,
  };
}

/** Examines everything. */
async function examine({ servers, timeout, duration, call }: Options): Promise<Report> {
  const report: Report = { ok: false, platform: platformReport(), build: await buildReport(), problems: [] };
  const { problems } = report;
  if (!report.build.addon.loaded) {
    problems.push('The addon cannot be loaded.');
    return report;
  }
  // Only now: these modules load the addon.
  const { codecReport, networkReport } = await import('./capabilities.js');
  const { serverReport } = await import('./servers.js');
  const { callReport } = await import('./call.js');
  report.codecs = codecReport();
  report.network = await networkReport(timeout);
  if (report.network.candidates.length === 0 && report.network.interfaces.some(({ internal }) => !internal)) {
    problems.push('The networks of this machine give no candidates.');
  }
  report.servers = await Promise.all(servers.map((server) => serverReport(server, timeout)));
  for (const { url, ok, verdict } of report.servers) if (!ok) problems.push(`${url} ${verdict}.`);
  if (call) {
    report.call = await callReport(duration, timeout + 2 * duration);
    if (!report.call.ok)
      problems.push(`The call over loopback has failed: ${report.call.error ?? 'for no known reason'}.`);
  }
  report.ok = problems.length === 0;
  return report;
}

/**
 * Runs the command.
 *
 * @param args what stands behind `doctor` on the command line
 * @returns the exit code: 0 when everything that was tried works, 1 when something does not, 2 for wrong options
 */
export async function run(args: string[]): Promise<number> {
  let options;
  try {
    options = parse(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = await examine(options);
  const inColour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  process.stdout.write(
    options.json ? `${JSON.stringify(report, null, 2)}\n` : render(report, inColour ? coloured : colourless),
  );
  return report.ok ? 0 : 1;
}
