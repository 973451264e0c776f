/** Whether STUN and TURN servers can be reached, and what they give. */
import { lookup } from 'node:dns/promises';
import { RTCPeerConnection, type RTCConfiguration } from '../../index';
import { gather, type Gathered } from './gathering';
import type { ServerReport } from './report';

/** A server that is to be tried. */
export interface Server {
  url: string;
  kind: 'stun' | 'turn';
  username?: string;
  credential?: string;
}

/** The host of a STUN or TURN URL. */
function hostOf(url: string): string {
  const [, rest = ''] = /^\w+:([^?]*)/.exec(url) ?? [];
  const [, bracketed, plain] = /^\[(.*)\]|^([^:]*)/.exec(rest) ?? [];
  return bracketed ?? plain ?? '';
}

/** Whether a name or address is of this machine, which connections do not look for unless they are told to. */
async function isLoopback(host: string): Promise<boolean> {
  try {
    const { address } = await lookup(host);
    return address.startsWith('127.') || address === '::1';
  } catch {
    return false;
  }
}

const isName = (host: string): boolean => /[a-z]/i.test(host) && !host.includes(':');

async function unresolved(host: string): Promise<string | null> {
  if (!isName(host)) return null;
  try {
    await lookup(host);
    return null;
  } catch (error) {
    return `the name ${host} cannot be resolved (${error instanceof Error ? error.message : String(error)})`;
  }
}

function verdictOfStun({ candidates, errors, complete }: Gathered): { ok: boolean; verdict: string } {
  const reflexive = candidates.find(({ type }) => type === 'srflx');
  if (reflexive !== undefined) {
    return { ok: true, verdict: `answers; this machine appears as ${reflexive.address}:${reflexive.port}` };
  }
  if (complete && errors.length === 0) {
    return { ok: true, verdict: 'answers; no address translation lies between' };
  }
  return { ok: false, verdict: errors.length > 0 ? 'does not answer' : 'has not answered in time' };
}

function verdictOfTurn({ candidates, errors }: Gathered, transport: string): { ok: boolean; verdict: string } {
  const relay = candidates.find(({ type }) => type === 'relay');
  if (relay !== undefined) return { ok: true, verdict: `relays from ${relay.address}:${relay.port} over ${transport}` };
  const refused = errors.find(({ code }) => code >= 300 && code < 700);
  if (refused?.code === 401) return { ok: false, verdict: 'answers, but refuses the user name or the password' };
  if (refused !== undefined) return { ok: false, verdict: `answers, but refuses: ${refused.code} ${refused.text}` };
  return { ok: false, verdict: errors.length > 0 ? 'cannot be reached' : 'has not answered in time' };
}

/** Tries one server, alone. */
export async function serverReport(server: Server, timeout: number): Promise<ServerReport> {
  const { url, kind, username, credential } = server;
  const host = hostOf(url);
  const configuration: RTCConfiguration = {
    iceServers: [
      {
        urls: url,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      },
    ],
    iceTransportPolicy: kind === 'turn' ? 'relay' : 'all',
    node: { includeLoopback: await isLoopback(host) },
  };
  const failed = (verdict: string): ServerReport => ({
    ...{ url, kind, ok: false, time: null, candidates: [], errors: [], verdict },
  });
  const unknown = await unresolved(host);
  if (unknown !== null) return failed(unknown);
  let connection;
  try {
    connection = new RTCPeerConnection(configuration);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  try {
    const wanted = kind === 'turn' ? 'relay' : 'srflx';
    const gathered = await gather(connection, timeout, ({ type }) => type === wanted);
    const candidates = gathered.candidates.filter(({ type }) => type === wanted);
    const transport = candidates[0]?.relayProtocol ?? 'udp';
    const { ok, verdict } = kind === 'turn' ? verdictOfTurn(gathered, transport) : verdictOfStun(gathered);
    const errors = ok ? [] : gathered.errors.map(({ code, text }) => ({ code, text }));
    return { url, kind, ok, time: gathered.time, candidates, errors, verdict };
  } finally {
    connection.close();
  }
}
