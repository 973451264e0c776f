import type { AudioData } from '../media/AudioData';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { AudioSink } from '../media/raw_sinks';
import { TypedEventTarget, defineInterface, type EventHandler, type EventHandlerValue } from '../webidl';
import type { RTCAudioSinkData } from './audio_data';
import { checkedTrack } from './track';

/** The event `data` of {@link RTCAudioSink}: 10 ms of sound. */
export type RTCAudioDataEvent = Event & RTCAudioSinkData;

/** Events of {@link RTCAudioSink}. */
export interface RTCAudioSinkEventMap {
  data: RTCAudioDataEvent;
}

/** The event-handler attributes of {@link RTCAudioSink}. */
export interface RTCAudioSinkEventHandlers {
  /** Fired for every 10 ms of sound. */
  get ondata(): EventHandlerValue;
  set ondata(handler: EventHandler<RTCAudioSink, RTCAudioDataEvent>);
}

/** Sound is lost for nobody who comes back within ten minutes; `wrtc` keeps it without a limit. */
const QUEUE_LENGTH = 60_000;

function eventOf(data: AudioData): Event {
  const { sampleRate, numberOfFrames, numberOfChannels: channelCount } = data;
  const samples = new Int16Array(numberOfFrames * channelCount);
  data.copyTo(samples, { planeIndex: 0, format: 's16' });
  const members: RTCAudioSinkData = { samples, bitsPerSample: 16, sampleRate, channelCount, numberOfFrames };
  return Object.assign(new Event('data'), members);
}

/** The sound of a track, 10 ms at a time, as `wrtc` has it. It holds the process until it or its track is stopped. */
export class RTCAudioSink extends TypedEventTarget<RTCAudioSink, RTCAudioSinkEventMap, RTCAudioSinkEventHandlers> {
  readonly #sink: AudioSink;
  #stopped = false;

  /**
   * @param track an audio track
   * @throws TypeError when the track is none of audio
   */
  constructor(track: MediaStreamTrack) {
    super();
    const give = (data: AudioData): void => {
      const event = eventOf(data);
      data.close();
      this.dispatchEvent(event);
    };
    this.#sink = new AudioSink(checkedTrack(track, 'audio'), give, { maxQueueLength: QUEUE_LENGTH });
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
    defineInterface(this, { length: 1, eventHandlers: ['data'], is: (value) => #sink in value });
  }
}
