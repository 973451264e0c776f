/**
 * Resolves the `.local` names that browsers put into candidates instead of addresses, by multicast DNS (RFC 6762).
 *
 * The socket is opened for the first name, shared by all that are being asked for, and closed after the last; it never
 * holds the event loop.
 */
import { isIP } from 'node:net';
import type { MulticastDNS, ResponsePacket } from 'multicast-dns';
import { native } from '../native';

/** How long a name is asked for altogether, in milliseconds. */
const TIME_LIMIT = 5000;
/** When questions are sent: at once, and again in growing intervals (RFC 6762, section 5.2), in milliseconds. */
const QUESTIONS_AT = [0, 250, 1000, 3000];
/** How long the socket stays open for the next name, in milliseconds: candidates come in groups. */
const LINGER = 1000;

type Done = (addresses: string[]) => void;

interface Question {
  readonly waiting: Done[];
  readonly timers: NodeJS.Timeout[];
}

interface Client {
  ask(name: string): void;
  close(): void;
}

/** Opens a multicast DNS client; `onAnswer` gets each address that some name is answered with. */
export type OpenClient = (onAnswer: (name: string, address: string) => void, onFailure: () => void) => Promise<Client>;

async function openClient(onAnswer: (name: string, address: string) => void, onFailure: () => void): Promise<Client> {
  // Loaded with the first name: most processes never meet one.
  const [{ default: multicastDns }, { createSocket }] = await Promise.all([
    import('multicast-dns'),
    import('node:dgram'),
  ]);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.unref();
  // Without `multicast` the package sets up no timer of its own, which would hold the event loop.
  const client: MulticastDNS = multicastDns({ socket, multicast: false });
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
  });
  client.on('error', onFailure);
  client.on('warning', () => undefined);
  // Joins the multicast group on every interface; the package's types leave it out.
  (client as MulticastDNS & { update(): void }).update();
  socket.setMulticastTTL(255);
  socket.setMulticastLoopback(true);
  client.on('response', (response: ResponsePacket) => {
    for (const answer of [...(response.answers ?? []), ...(response.additionals ?? [])]) {
      if (answer.type === 'A' || answer.type === 'AAAA') onAnswer(answer.name, answer.data);
    }
  });
  return {
    ask: (name) => {
      client.query({
        questions: [
          { name, type: 'A' },
          { name, type: 'AAAA' },
        ],
      });
    },
    close: () => {
      client.destroy();
    },
  };
}

/** Asks for names; one resolver serves the whole environment. */
export class MulticastDnsResolver {
  readonly #open: OpenClient;
  readonly #questions = new Map<string, Question>();
  #client: Promise<Client> | null = null;
  #closing: NodeJS.Timeout | undefined;

  constructor(open: OpenClient = openClient) {
    this.#open = open;
  }

  /** Calls `done` with the addresses that a name stands for, or with none when nobody answers in time. */
  resolve(hostname: string, done: Done): void {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    const known = this.#questions.get(name);
    if (known !== undefined) {
      known.waiting.push(done);
      return;
    }
    const question: Question = { waiting: [done], timers: [] };
    this.#questions.set(name, question);
    clearTimeout(this.#closing);
    this.#client ??= this.#open(
      (answered, address) => this.#answer(answered, address),
      () => this.#fail(),
    );
    this.#client.then(
      (client) => {
        if (this.#questions.get(name) !== question) return;
        for (const delay of QUESTIONS_AT) {
          question.timers.push(setTimeout(() => client.ask(name), delay).unref());
        }
      },
      () => this.#fail(),
    );
    question.timers.push(setTimeout(() => this.#settle(name, []), TIME_LIMIT).unref());
  }

  #answer(answered: string, address: string): void {
    const name = answered.toLowerCase().replace(/\.$/, '');
    if (this.#questions.has(name) && isIP(address) !== 0) this.#settle(name, [address]);
  }

  #settle(name: string, addresses: string[]): void {
    const question = this.#questions.get(name);
    if (question === undefined) return;
    this.#questions.delete(name);
    question.timers.forEach((timer) => clearTimeout(timer));
    if (this.#questions.size === 0) this.#closing = setTimeout(() => this.#close(), LINGER).unref();
    for (const done of question.waiting) done(addresses);
  }

  /** No socket: every question is answered with nothing, and the next one tries anew. */
  #fail(): void {
    this.#close();
    for (const name of [...this.#questions.keys()]) this.#settle(name, []);
  }

  #close(): void {
    clearTimeout(this.#closing);
    void this.#client?.then(
      (client) => client.close(),
      () => undefined,
    );
    this.#client = null;
  }
}

let provided = false;

/** Gives the addon a resolver for remote candidates, once; it does nothing until a name comes. */
export function provideMulticastDnsResolver(): void {
  if (provided) return;
  provided = true;
  const resolver = new MulticastDnsResolver();
  native.setMulticastDnsResolver((hostname, done) => resolver.resolve(hostname, done));
}
