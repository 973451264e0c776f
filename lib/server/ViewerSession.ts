/** A viewer: a connection to which the encoded media of a publisher are forwarded. */
import { randomBytes } from 'node:crypto';
import { forwardEncoded, type EncodedForwarding } from '../encoded/EncodedForwarding';
import { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCRtpCodec } from '../rtp/parameters';
import { watchConnection } from './connection_watch';
import { IceSession, type PatchResult } from './ice_session';
import type { Logger } from './logger';
import { checkAnswer, checkViewerOffer, receivableCodecs, withMuxOnly } from './offers';
import { Problem } from './problem';
import type { PublisherSession, SessionSurroundings } from './PublisherSession';

/** Why a viewer's session has ended. */
export type ViewerEndReason = 'viewer-left' | 'connection-lost' | 'ice-timeout' | 'publisher-ended' | 'refused';

/** Plays one publisher to one viewer, without decoding anything. */
export class ViewerSession {
  /** Whoever knows it may change the session. */
  readonly secret = randomBytes(24).toString('base64url');
  readonly publisher: PublisherSession;
  /** Called once, when it has ended. */
  onended: () => void = () => undefined;

  readonly #ice: IceSession;
  readonly #log: Logger;
  readonly #iceTimeout: number;
  /** When the client got its answer, without which it cannot connect. */
  #answeredAt: number | null = null;
  #connected = false;
  #ended = false;
  #forwardings: EncodedForwarding[] = [];

  constructor(publisher: PublisherSession, { settings, configuration }: SessionSurroundings) {
    this.publisher = publisher;
    this.#log = publisher.log.with({ viewer: randomBytes(4).toString('hex') });
    this.#iceTimeout = settings.iceTimeout * 1000;
    this.#ice = new IceSession(new RTCPeerConnection(configuration));
  }

  get etag(): string {
    return this.#ice.etag;
  }

  /**
   * Answers the offer.
   *
   * @throws Problem when the viewer cannot have the media; the session has ended then
   */
  async accept(offer: string): Promise<string> {
    try {
      checkViewerOffer(offer);
      const { connection } = this.#ice;
      const answer = await this.#ice.accept(offer, () => {
        for (const transceiver of connection.getTransceivers()) {
          const kind = transceiver.receiver.track.kind as 'audio' | 'video';
          const codec = this.#publishedCodec(kind);
          // Media that the publisher does not send are answered as inactive; what it sends, as it sends it.
          transceiver.direction = codec === null ? 'inactive' : 'sendonly';
          if (codec !== null) transceiver.setCodecPreferences(matching(kind, codec));
        }
      });
      checkAnswer(answer);
      for (const { sender, receiver, currentDirection } of connection.getTransceivers()) {
        const source = this.publisher.receiver(receiver.track.kind as 'audio' | 'video');
        if (source !== null && currentDirection === 'sendonly') this.#forwardings.push(forwardEncoded(source, sender));
      }
      watchConnection(connection, {
        connected: () => {
          this.#connected = true;
          this.#log.info('viewer connected');
        },
        left: () => this.end('viewer-left'),
        lost: () => this.end('connection-lost'),
      });
      this.#answeredAt = Date.now();
      return withMuxOnly(answer);
    } catch (error) {
      this.end('refused');
      throw error;
    }
  }

  /** Does what a PATCH request wants. */
  patch(condition: string | undefined, fragment: string): Promise<PatchResult> {
    return this.#ice.patch(condition, fragment);
  }

  /** Looks after the limits; called about once a second. */
  tick(now: number): void {
    const waited = this.#answeredAt === null ? 0 : now - this.#answeredAt;
    if (!this.#connected && waited > this.#iceTimeout) this.end('ice-timeout');
  }

  /** Ends the session. Idempotent. */
  end(reason: ViewerEndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const forwarding of this.#forwardings) forwarding.stop();
    this.#forwardings = [];
    this.#ice.close();
    this.#log.info('viewer ended', { reason });
    this.onended();
  }

  #publishedCodec(kind: 'audio' | 'video'): RTCRtpCodec | null {
    const receiver = this.publisher.receiver(kind);
    if (receiver === null) return null;
    const codec = receiver.getParameters().codecs[0];
    if (codec === undefined) throw new Problem(409, 'The publisher is not ready yet.', { 'retry-after': '1' });
    return codec;
  }
}

/** What can be sent of a codec: all its profiles, as the publisher's own need not be spelt the same way here. */
function matching(kind: 'audio' | 'video', { mimeType, sdpFmtpLine }: RTCRtpCodec): RTCRtpCodec[] {
  const codecs = receivableCodecs(kind, [mimeType.split('/')[1] ?? '']);
  const exact = codecs.filter((codec) => codec.mimeType === mimeType && codec.sdpFmtpLine === sdpFmtpLine);
  return [...exact, ...codecs.filter((codec) => !exact.includes(codec))];
}
