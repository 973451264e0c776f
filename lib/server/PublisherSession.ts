/** A publisher: its connection, its recording, its limits. */
import { randomBytes } from 'node:crypto';
import { MediaStream } from '../media/MediaStream';
import { nativeTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { NativeEncodedTap } from '../native_recording';
import { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCConfiguration } from '../peerconnection/configuration';
import type { RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
import { watchConnection } from './connection_watch';
import { IceSession, type PatchResult } from './ice_session';
import type { Library } from './library';
import type { Logger } from './logger';
import { checkAnswer, checkPublisherOffer, limitBandwidth, receivableCodecs, withMuxOnly } from './offers';
import { Problem } from './problem';
import { noStatistics, type EndReason, type RecordingInfo, type SessionStatistics } from './recording_info';
import { SessionRecorder } from './SessionRecorder';
import { summarize } from './session_statistics';
import type { RecordingServerSettings } from './settings';

/** What a session works with. */
export interface SessionSurroundings {
  settings: RecordingServerSettings;
  library: Library;
  configuration: RTCConfiguration;
  log: Logger;
}

/** Who publishes. */
export interface PublisherIdentity {
  /** What it calls its stream. */
  name: string;
  address: string;
  userAgent: string | null;
}

/** What everybody may know of a session. */
export interface LiveSession {
  id: string;
  name: string;
  state: 'connecting' | 'live';
  startedAt: string;
  /** Seconds that are recorded. */
  duration: number;
  /** Bytes that are written. */
  size: number;
  bitrate: number;
  viewers: number;
  codecs: { audio: string | null; video: string | null };
  width: number;
  height: number;
}

/** A rate is too high when it was higher than allowed, by half, so many times in a row. */
const TOLERANCE = 1.5;
const TIMES = 3;

/** `20260131-235959`, in UTC. */
const stamp = (date: Date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

/** Takes in one publisher and writes one recording. */
export class PublisherSession {
  /** Public: of the recording, too. */
  readonly id: string;
  /** Whoever knows it may change the session. */
  readonly secret = randomBytes(24).toString('base64url');
  readonly identity: PublisherIdentity;
  readonly log: Logger;
  /** Called once, when it has ended and its file is finished. */
  onended: (reason: EndReason) => void = () => undefined;
  /** Called when something of {@link describe} has changed that people should see at once. */
  onchange: () => void = () => undefined;
  /** How many watch it. */
  viewers = 0;

  readonly #surroundings: SessionSurroundings;
  readonly #ice: IceSession;
  /** When the client got its answer, without which it cannot connect. */
  #answeredAt: number | null = null;
  #startedAt = new Date();
  #state: 'connecting' | 'live' | 'ended' = 'connecting';
  /** Takes the pictures that come before the recorder does: without a taker they would be decoded. */
  #early: NativeEncodedTap | null = null;
  #recorder: SessionRecorder | null = null;
  #info: RecordingInfo | null = null;
  #statistics: SessionStatistics = noStatistics();
  #measuredAt = 0;
  #measuring = false;
  #lastMediaAt = 0;
  #tooFast = 0;
  #ending: Promise<void> | null = null;

  constructor(identity: PublisherIdentity, surroundings: SessionSurroundings) {
    this.identity = identity;
    this.#surroundings = surroundings;
    this.id = `${stamp(this.#startedAt)}_${identity.name}_${randomBytes(4).toString('hex')}`;
    this.log = surroundings.log.with({ session: this.id });
    this.#ice = new IceSession(new RTCPeerConnection(surroundings.configuration));
  }

  get state(): 'connecting' | 'live' | 'ended' {
    return this.#state;
  }

  get etag(): string {
    return this.#ice.etag;
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  get statistics(): SessionStatistics {
    return this.#statistics;
  }

  /** What receives a kind of media, if the publisher sends it. */
  receiver(kind: 'audio' | 'video'): RTCRtpReceiver | null {
    const transceiver = this.#ice.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
    return transceiver?.receiver ?? null;
  }

  /**
   * Answers the offer.
   *
   * @returns the answer
   * @throws Problem when it cannot be had; the session has ended then
   */
  async accept(offer: string): Promise<string> {
    const { settings } = this.#surroundings;
    try {
      checkPublisherOffer(offer);
      const answer = await this.#ice.accept(offer, () => {
        for (const transceiver of this.#ice.connection.getTransceivers()) {
          const kind = transceiver.receiver.track.kind as 'audio' | 'video';
          // What it may use is what the recording can hold; the order is ours.
          const codecs = receivableCodecs(kind, kind === 'audio' ? ['opus'] : settings.videoCodecs);
          transceiver.setCodecPreferences(codecs);
          transceiver.direction = 'recvonly';
        }
      });
      checkAnswer(answer);
      const video = this.receiver('video')?.track;
      if (video !== undefined) this.#early = nativeTrack(video).addEncodedTap({ maxQueueLength: 1 });
      watchConnection(this.#ice.connection, {
        connected: () => void this.#begin(),
        left: () => void this.end('publisher-left'),
        lost: () => void this.end('connection-lost'),
      });
      this.#answeredAt = Date.now();
      return withMuxOnly(limitBandwidth(answer, settings.maxBitrate));
    } catch (error) {
      await this.end('publisher-left');
      throw error;
    }
  }

  /** Does what a PATCH request wants. */
  async patch(condition: string | undefined, fragment: string): Promise<PatchResult> {
    if (this.#state === 'ended') throw new Problem(404, 'This session has ended.');
    const result = await this.#ice.patch(condition, fragment);
    if (result.status === 200) this.log.info('ICE restarted');
    return result;
  }

  /** The loudness of the sound now, 0 to 1, as the publisher says it: nothing is decoded for that. */
  level(): number {
    return this.receiver('audio')?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  /** What everybody may know. */
  describe(): LiveSession {
    const { mimes, width, height } = this.#recorder?.picture() ?? { mimes: {}, width: 0, height: 0 };
    return {
      id: this.id,
      name: this.identity.name,
      state: this.#state === 'live' ? 'live' : 'connecting',
      startedAt: this.#startedAt.toISOString(),
      duration: this.#recorder?.duration ?? 0,
      size: this.#recorder?.bytes ?? 0,
      bitrate: this.#statistics.bitrate,
      viewers: this.viewers,
      codecs: { audio: mimes.audio ?? null, video: mimes.video ?? null },
      width,
      height,
    };
  }

  /** Looks after the limits; called about once a second. */
  tick(now: number): void {
    const { settings } = this.#surroundings;
    const waited = this.#answeredAt === null ? 0 : now - this.#answeredAt;
    if (this.#state === 'connecting' && waited > settings.iceTimeout * 1000) void this.end('ice-timeout');
    const recorder = this.#recorder;
    if (this.#state !== 'live' || recorder === null) return;
    if (settings.maxDuration > 0 && now - this.#startedAt.getTime() >= settings.maxDuration * 1000) {
      void this.end('max-duration');
    } else if (settings.maxSize > 0 && recorder.bytes >= settings.maxSize) {
      void this.end('max-size');
    } else if (now - this.#measuredAt >= settings.statisticsInterval * 1000) {
      void this.#measure(now);
    }
  }

  /** Ends the session and finishes its file. Idempotent: the first reason counts. */
  end(reason: EndReason, error?: Error): Promise<void> {
    this.#ending ??= this.#end(reason, error);
    return this.#ending;
  }

  /** The connection is up: from now on there is a file. */
  async #begin(): Promise<void> {
    if (this.#state !== 'connecting') return;
    const { library, settings } = this.#surroundings;
    this.#state = 'live';
    this.#startedAt = new Date();
    this.#lastMediaAt = this.#measuredAt = Date.now();
    const receivers = this.#ice.connection.getReceivers();
    const tracks: MediaStreamTrack[] = receivers.map(({ track }) => track);
    const video = this.receiver('video')?.getParameters().codecs[0]?.mimeType.toLowerCase();
    const container = settings.container === 'auto' ? (video === 'video/h264' ? 'mp4' : 'webm') : settings.container;
    const file = `${this.id}.${container}`;
    const info: RecordingInfo = {
      version: 1,
      id: this.id,
      name: this.identity.name,
      file,
      state: 'recording',
      startedAt: this.#startedAt.toISOString(),
      endedAt: null,
      duration: 0,
      size: 0,
      mimeType: `video/${container}`,
      reason: null,
      error: null,
      client: { address: this.identity.address, userAgent: this.identity.userAgent },
      tracks: [],
      statistics: this.#statistics,
    };
    this.#info = info;
    this.log.info('connected', { file });
    try {
      this.#recorder = new SessionRecorder(new MediaStream(tracks), library.path(file), container, (failure) => {
        const full = ['ENOSPC', 'EDQUOT'].includes((failure as NodeJS.ErrnoException).code ?? '');
        void this.end(full ? 'disk-full' : 'write-error', failure);
      });
      this.#forgetEarly();
      await library.add(info);
    } catch (failure) {
      await this.end('write-error', failure as Error);
    }
    this.onchange();
  }

  /** Looks at the statistics, and writes the side-car. */
  async #measure(now: number): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    const { settings, library } = this.#surroundings;
    try {
      const sums = summarize(await this.#ice.connection.getStats(), this.#statistics, (now - this.#measuredAt) / 1000);
      if (sums.bytesReceived > this.#statistics.bytesReceived) this.#lastMediaAt = now;
      this.#statistics = sums;
      this.#measuredAt = now;
      if (this.#state !== 'live' || this.#info === null) return;
      this.#tooFast = settings.maxBitrate > 0 && sums.bitrate > settings.maxBitrate * TOLERANCE ? this.#tooFast + 1 : 0;
      if (this.#tooFast >= TIMES) return void this.end('max-bitrate');
      if (now - this.#lastMediaAt > settings.idleTimeout * 1000) return void this.end('idle');
      this.#update(this.#info);
      await library.save(this.#info);
    } catch (error) {
      // A side-car that is old for a while is no reason to end a recording.
      this.log.warning('side-car not written', { error: (error as Error).message });
    } finally {
      this.#measuring = false;
    }
  }

  #forgetEarly(): void {
    this.#early?.close();
    this.#early = null;
  }

  #update(info: RecordingInfo): void {
    this.#recorder?.report(info);
    info.statistics = this.#statistics;
  }

  async #end(reason: EndReason, error?: Error): Promise<void> {
    const { connection } = this.#ice;
    const wasLive = this.#state === 'live';
    this.#state = 'ended';
    this.#forgetEarly();
    this.onchange();
    const info = this.#info;
    let failure = error;
    try {
      if (wasLive) {
        const elapsed = (Date.now() - this.#measuredAt) / 1000;
        const { bitrate } = this.#statistics;
        this.#statistics = summarize(await connection.getStats(), this.#statistics, elapsed);
        this.#statistics.bitrate = bitrate;
      }
      failure ??= (await this.#recorder?.stop()) ?? undefined;
    } catch (caught) {
      failure ??= caught as Error;
    } finally {
      this.#ice.close();
    }
    if (info !== null) await this.#finish(info, reason, failure);
    this.log.info('ended', {
      reason,
      ...(info === null ? {} : { file: info.file, duration: info.duration, size: info.size }),
      ...(failure === undefined ? {} : { error: failure.message }),
    });
    this.onended(reason);
  }

  /** The last state of the side-car. */
  async #finish(info: RecordingInfo, reason: EndReason, failure: Error | undefined): Promise<void> {
    const { library } = this.#surroundings;
    this.#update(info);
    info.state = 'finished';
    info.endedAt = new Date().toISOString();
    info.reason = reason;
    info.error = failure?.message ?? null;
    try {
      // A publisher that has sent nothing leaves nothing.
      if (this.#recorder === null || this.#recorder.isEmpty) await library.delete(info);
      else await library.save(info, true);
    } catch (error) {
      this.log.error('side-car not written', { error: (error as Error).message });
    }
    library.onchange();
  }
}
