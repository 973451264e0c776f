import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { VideoSink } from '../media/raw_sinks';
import { nativeVideoFrame, type VideoFrame } from '../media/VideoFrame';
import { TypedEventTarget, defineInterface, type EventHandler, type EventHandlerValue } from '../webidl';
import { layoutOf, tightLayout } from './i420';
import { checkedTrack } from './track';

/** What {@link RTCVideoSink} gives: a picture in I420. */
export interface RTCVideoSinkFrame {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Degrees by which the picture is to be turned clockwise when it is shown: 0, 90, 180 or 270. */
  rotation: number;
  /** The planes Y, U and V one after another. */
  data: Uint8Array;
}

/** The event `frame` of {@link RTCVideoSink}. */
export type RTCVideoFrameEvent = Event & { readonly frame: RTCVideoSinkFrame };

/** Events of {@link RTCVideoSink}. */
export interface RTCVideoSinkEventMap {
  frame: RTCVideoFrameEvent;
}

/** The event-handler attributes of {@link RTCVideoSink}. */
export interface RTCVideoSinkEventHandlers {
  /** Fired for every picture. */
  get onframe(): EventHandlerValue;
  set onframe(handler: EventHandler<RTCVideoSink, RTCVideoFrameEvent>);
}

/** Pictures that wait while the event loop is busy, as many as decoders have buffers; `wrtc` keeps them all. */
const QUEUE_LENGTH = 250;

function i420Of(frame: VideoFrame): RTCVideoSinkFrame {
  const handle = nativeVideoFrame(frame);
  const { visibleRect, rotation } = handle;
  const { width, height } = visibleRect;
  const data = new Uint8Array(tightLayout('I420', visibleRect).allocationSize);
  handle.copyTo(data, 'I420', visibleRect, layoutOf('I420', visibleRect));
  return { width, height, rotation, data };
}

/** The pictures of a track in I420, as `wrtc` has it. It holds the process until it or its track is stopped. */
export class RTCVideoSink extends TypedEventTarget<RTCVideoSink, RTCVideoSinkEventMap, RTCVideoSinkEventHandlers> {
  readonly #sink: VideoSink;
  #stopped = false;

  /**
   * @param track a video track
   * @throws TypeError when the track is none of video
   */
  constructor(track: MediaStreamTrack) {
    super();
    const give = (picture: VideoFrame): void => {
      const frame = i420Of(picture);
      picture.close();
      this.dispatchEvent(Object.assign(new Event('frame'), { frame }));
    };
    this.#sink = new VideoSink(checkedTrack(track, 'video'), give, { maxQueueLength: QUEUE_LENGTH });
  }

  /** Whether `stop` has been called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Nothing comes any more. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#sink.close();
  }

  static {
    defineInterface(this, { length: 1, eventHandlers: ['frame'], is: (value) => #sink in value });
  }
}
