/** Files with painted pictures and flashes, and beeps, for publishers that read files. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BEEP_SECONDS, FRAME_RATE, flash } from './flash_beep.mjs';
import { paint } from './media_content.mjs';

const [WIDTH, HEIGHT] = [320, 180];

/** Makes one of so many seconds with beeps of a frequency: VP8 with a key frame every second, and Opus. */
export async function makeSourceFile(path, seconds, frequency) {
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FRAME_RATE)],
      ...['-i', '-', '-f', 'lavfi', '-i'],
      `aevalsrc='if(lt(mod(t,1),${BEEP_SECONDS}),0.5*sin(2*PI*${frequency}*t),0)':s=48000:d=${seconds}`,
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '800k', '-g', String(FRAME_RATE)],
      ...['-auto-alt-ref', '0', '-pix_fmt', 'yuv420p', '-c:a', 'libopus', '-b:a', '64k', '-y', path],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(child, 'close');
  for (let counter = 0; counter < seconds * FRAME_RATE; counter++) {
    const pixels = paint(counter, WIDTH, HEIGHT);
    flash(pixels, counter, WIDTH, HEIGHT);
    if (!child.stdin.write(pixels)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg has ended with ${code}`);
}
