import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { VideoSource } from '../media/raw_sources';
import { videoFrameOf } from '../media/VideoFrame';
import { checkedImage, frameOf, type RTCVideoFrame } from './i420';

/** Options of {@link RTCVideoSource}. */
export interface RTCVideoSourceInit {
  /** Whether the frames show a screen; `false` where absent. */
  isScreencast?: boolean;
  /** Whether encoders shall take out a camera's noise; where absent they do not. */
  needsDenoising?: boolean;
}

const ROTATIONS = [0, 90, 180, 270] as const;

/** Pictures from the application into video tracks, as `wrtc` has it. */
export class RTCVideoSource {
  readonly #source: VideoSource;
  readonly #isScreencast: boolean;
  readonly #needsDenoising: boolean | null;

  constructor(init: RTCVideoSourceInit = {}) {
    this.#isScreencast = init.isScreencast ?? false;
    this.#needsDenoising = init.needsDenoising ?? null;
    this.#source = new VideoSource({
      isScreencast: this.#isScreencast,
      needsDenoising: this.#needsDenoising ?? false,
    });
  }

  /** As given to the constructor. */
  get isScreencast(): boolean {
    return this.#isScreencast;
  }

  /** As given to the constructor; `null` where it was not given. */
  get needsDenoising(): boolean | null {
    return this.#needsDenoising;
  }

  /** A track that gives what `onFrame` takes from now on. */
  createTrack(): MediaStreamTrack {
    return this.#source.createTrack();
  }

  /**
   * Takes a picture in I420 and hands it to all tracks.
   *
   * @throws TypeError when a member is missing, when the data are not as long as the size asks, or for a rotation that
   *   is no quarter turn
   */
  onFrame(frame: RTCVideoFrame): void {
    const image = checkedImage(frame, 'I420');
    const rotation = ROTATIONS.find((turn) => turn === (frame.rotation ?? 0));
    if (rotation === undefined) throw new TypeError('Expected a .rotation of 0, 90, 180 or 270');
    if (image.width === 0 || image.height === 0) throw new TypeError('The frame is empty');
    const timestamp = Math.round(performance.now() * 1000);
    using picture = videoFrameOf(frameOf(image, 'I420', { timestamp, rotation }));
    this.#source.push(picture);
  }
}
