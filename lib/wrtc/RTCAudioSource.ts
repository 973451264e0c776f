import { AudioData } from '../media/AudioData';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { AudioSource } from '../media/raw_sources';
import { checkedAudioData, type RTCAudioData } from './audio_data';

/** Samples from the application into audio tracks, as `wrtc` has it. */
export class RTCAudioSource {
  readonly #source = new AudioSource();

  /** A track that gives what `onData` takes from now on. */
  createTrack(): MediaStreamTrack {
    return this.#source.createTrack();
  }

  /**
   * Takes 10 ms of sound and hands it to all tracks.
   *
   * @throws TypeError when a member is missing, or when it is not 10 ms of samples of 16 bits
   */
  onData(data: RTCAudioData): void {
    const { samples, sampleRate, channelCount, numberOfFrames } = checkedAudioData(data);
    // Nothing is to be heard of nothing.
    if (samples.byteLength === 0) return;
    using block = new AudioData({
      format: 's16',
      sampleRate,
      numberOfFrames,
      numberOfChannels: channelCount,
      timestamp: 0,
      data: samples,
    });
    this.#source.push(block);
  }
}
