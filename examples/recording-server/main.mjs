/**
 * A recording server in a program of one's own: publishers come over WHIP, viewers over WHEP, recordings are files.
 *
 *     node examples/recording-server/main.mjs [directory] [port]
 *
 * `npx node-libwebrtc record --help` tells the same server's settings as flags.
 */
import { startRecordingServer } from 'node-libwebrtc/recording-server';

const [directory = 'recordings', port = '8080'] = process.argv.slice(2);

const server = await startRecordingServer({
  directory,
  port: Number(port),
  maxDuration: 3600,
  log: (line) => {
    const { level, message, session = '', reason = '' } = JSON.parse(line);
    console.log([level, message, session, reason].filter(Boolean).join('  '));
  },
});
process.once('SIGINT', async () => {
  await server.close();
  for (const { file, duration } of server.recordings()) console.log(`${file}  ${duration.toFixed(1)} s`);
});
console.log(`Publish, watch and play at ${server.url}; send WHIP to ${server.url}whip. Ctrl+C ends.`);
