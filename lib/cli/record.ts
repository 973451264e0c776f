/** `node-libwebrtc record`: runs the recording server until it is told to end. */
import { startRecordingServer, type RecordingServer } from '../server/RecordingServer';
import { helpText, parseSettings, SettingError, type RecordingServerOptions } from '../server/settings';

/** The first signal ends well, the second one at once. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Resolves with the exit code when the server has ended. */
function untilSignalled(server: RecordingServer): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    const onsignal = (signal: NodeJS.Signals) => {
      if (ending) {
        process.stderr.write(`${signal} again: ending without finishing the files.\n`);
        process.exit(130);
      }
      ending = true;
      server.close(signal).then(
        () => {
          for (const name of SIGNALS) process.removeListener(name, onsignal);
          resolve(0);
        },
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
          resolve(1);
        },
      );
    };
    for (const name of SIGNALS) process.on(name, onsignal);
  });
}

/** What is wrong, and what helps. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `${error.message}; --port chooses another port, and 0 any free one`;
    case 'EADDRNOTAVAIL':
      return `${error.message}; --host must be an address of this machine`;
    default:
      return error.message;
  }
}

/**
 * Runs the command.
 *
 * @param args what stands behind `record` on the command line
 * @returns the exit code: 0 after a graceful end, 2 for a setting that is wrong, 1 for anything else
 */
export async function run(args: string[]): Promise<number> {
  let options: RecordingServerOptions;
  try {
    const parsed = parseSettings(args, process.env);
    if (parsed.help) {
      process.stdout.write(helpText());
      return 0;
    }
    options = parsed.options;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`node-libwebrtc record: ${error.message}\n`);
    return 2;
  }
  let server: RecordingServer;
  try {
    server = await startRecordingServer(options);
  } catch (error) {
    process.stderr.write(`node-libwebrtc record: ${explain(error)}\n`);
    return 1;
  }
  const { url } = server;
  process.stdout.write(
    [
      `Page       ${url}`,
      `WHIP       ${url}whip (or ${url}whip/NAME)`,
      `WHEP       ${url}whep/NAME`,
      `Recordings ${server.directory}`,
      `Ctrl+C ends and finishes the files.`,
      '',
    ].join('\n'),
  );
  return untilSignalled(server);
}
