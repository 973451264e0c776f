// The receiving end in a process of its own; signals cross by Node's IPC.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pump } from '../load.mjs';

export async function twoProcesses(library, name, seconds) {
  const receiver = fork(fileURLToPath(new URL('./receiver.mjs', import.meta.url)), [name, String(seconds)]);
  await once(receiver, 'message');
  const peer = library.createPeer({ offerer: true, channelInit: {}, signal: (message) => receiver.send(message) });
  const measured = new Promise((resolve, reject) => {
    let cpu;
    receiver.on('message', (message) => {
      if (message.measuring) cpu = process.cpuUsage();
      else if (message.figures) resolve({ ...message.figures, own: process.cpuUsage(cpu) });
      else Promise.resolve(peer.receive(message)).catch(reject);
    });
  });
  pump(await peer.channel, new Uint8Array(64 * 1024).fill(7));
  const { own, ...figures } = await measured;
  receiver.kill('SIGKILL');
  return { ...figures, cpuSeconds: figures.cpuSeconds + (own.user + own.system) / 1e6 };
}
