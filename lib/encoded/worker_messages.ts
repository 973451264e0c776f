/**
 * What the threads of a transform say to each other. They have a port of their own, so that nothing of it appears among
 * the messages of scripts. The first contact: the thread of the worker announces itself on a broadcast channel when it has
 * loaded this package, or when it is asked, and gets its end of the port by Node's `postMessageToThread`.
 */
import type { MessagePort } from 'node:worker_threads';

/** The broadcast channel on which threads announce themselves. */
export const ANNOUNCEMENTS = 'node-libwebrtc: threads that take transforms';

export type Announcement = { ask: number } | { ready: number };

/** What `postMessageToThread` carries. */
export interface Introduction {
  'node-libwebrtc: transforms': MessagePort;
}

/** To the worker. */
export type ToWorker =
  | { type: 'transform'; id: number; token: bigint; options: unknown }
  /** The transform has lost its sender or receiver for good. */
  | { type: 'end'; id: number }
  | { type: 'settle'; request: number; error: { name: string; message: string } | null };

/** From the worker. */
export type FromWorker =
  | { type: 'generateKeyFrame'; id: number; request: number; rid: string | null }
  | { type: 'sendKeyFrameRequest'; id: number; request: number };
