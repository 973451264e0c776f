/** Pictures of live sessions: made when somebody asks, and no more often than every few seconds. */
import { nativeTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import { VideoSink } from '../media/raw_sinks';
import type { NativeEncodedChunk } from '../native_recording';
import { png, shrink, webpOfVp8, type StillImage } from './images';
import type { PublisherSession } from './PublisherSession';

const WIDTH = 480;
/** A publisher whose key frame has not come by then has none to give. */
const PATIENCE_SECONDS = 4;

interface Entry {
  at: number;
  image: Promise<StillImage | null>;
}

/** Keeps the latest picture of each session. */
export class Thumbnails {
  readonly #lifetime: number;
  readonly #entries = new WeakMap<PublisherSession, Entry>();

  /** @param seconds for which a picture is good */
  constructor(seconds: number) {
    this.#lifetime = seconds * 1000;
  }

  /** The picture of a session; `null` when it has none. */
  get(session: PublisherSession): Promise<StillImage | null> {
    const known = this.#entries.get(session);
    const now = performance.now();
    if (known !== undefined && now - known.at < this.#lifetime) return known.image;
    const track = session.receiver('video')?.track;
    if (track === undefined) return Promise.resolve(null);
    // Whoever asks while one is made gets that one.
    const image = takePicture(track).catch(() => known?.image ?? null);
    this.#entries.set(session, { at: now, image });
    return image;
  }
}

/** A promise that gives up. */
function patiently<T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => () => void): Promise<T> {
  let stop: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no picture has come'));
    }, PATIENCE_SECONDS * 1000);
    stop = start(resolve, reject);
  }).finally(() => {
    clearTimeout(timer);
    stop();
  });
}

async function takePicture(track: MediaStreamTrack): Promise<StillImage> {
  const chunk = await nextKeyFrame(track);
  return chunk.codec === 'VP8' && chunk.rotation === 0 ? webpOfVp8(chunk.data) : decodedPicture(track);
}

/** The next key frame as it comes from the publisher, who is asked for one. */
function nextKeyFrame(track: MediaStreamTrack): Promise<NativeEncodedChunk> {
  return patiently((resolve, reject) => {
    const tap = nativeTrack(track).addEncodedTap({ maxQueueLength: 2 });
    if (tap === null) throw new Error('the track is not remote');
    tap.sink = {
      chunks: ([first]) => {
        if (first !== undefined) resolve(first);
      },
      senderReport: () => undefined,
      ended: () => {
        reject(new Error('the track has ended'));
      },
      failed: (message) => {
        reject(new Error(message));
      },
    };
    tap.requestKeyFrame();
    return () => {
      tap.sink = undefined;
      tap.close();
    };
  });
}

/** The next picture, for which a decoder runs until it is there. */
async function decodedPicture(track: MediaStreamTrack): Promise<StillImage> {
  const frame = await patiently<Parameters<ConstructorParameters<typeof VideoSink>[1]>[0]>((resolve, reject) => {
    let taken = false;
    const sink = new VideoSink(
      track,
      (next) => {
        if (taken) {
          next.close();
          return;
        }
        taken = true;
        resolve(next);
      },
      {
        maxQueueLength: 1,
        onended: () => {
          reject(new Error('the track has ended'));
        },
      },
    );
    return () => {
      sink.close();
    };
  });
  try {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    const pixels = new Uint8Array(width * height * 4);
    await frame.copyTo(pixels, { format: 'RGBA' });
    const small = shrink(pixels, { width, height }, WIDTH);
    return await png(small.pixels, small.width, small.height);
  } finally {
    frame.close();
  }
}
