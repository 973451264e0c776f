/** The settings of the recording server: from a program, from flags, from the environment; and the help about them. */
import { parseArgs } from 'node:util';
import {
  bitrate,
  bytes,
  choice,
  choices,
  flag,
  iceServers,
  integer,
  ports,
  seconds,
  SettingError,
  text,
  texts,
  type IceServer,
  type SettingType,
} from './setting_types';

export { SettingError };

/** Codecs of video that can be recorded. */
export type VideoCodecName = 'VP8' | 'VP9' | 'AV1' | 'H264';
/** Severity of a log line; each includes those after it. */
export type ServerLogLevel = 'debug' | 'info' | 'warning' | 'error' | 'none';

/** All settings, each with a value. Times are seconds, sizes bytes. */
export interface RecordingServerSettings {
  /** Address to listen on. */
  host: string;
  /** Port to listen on; 0 for any free one. */
  port: number;
  /** Where the recordings are. It is made if it is not there. */
  directory: string;
  /** Container of the files; `auto` is WebM unless the video is H.264. */
  container: 'auto' | 'webm' | 'mp4';
  /** Codecs that publishers may use, the preferred one first. */
  videoCodecs: readonly VideoCodecName[];
  /** Files with a certificate chain and its key in PEM form: then the server speaks HTTPS. Empty: HTTP. */
  tlsCertificate: string;
  /** File of the private key, in PEM. */
  tlsKey: string;
  /** Whoever publishes must have one of these tokens. Empty: everybody may. */
  publishTokens: readonly string[];
  /** Whoever watches, lists or downloads must have one of these tokens. Empty: everybody may. */
  viewTokens: readonly string[];
  /** Whoever reads the metrics must have one of these tokens, or one of a viewer. No token of any kind: everybody may. */
  metricsTokens: readonly string[];
  /** Whoever ends other people's sessions or deletes recordings must have one of these tokens. Empty: nobody may. */
  adminTokens: readonly string[];
  /** Origins whose pages may publish and watch; `*` for all. */
  allowOrigins: readonly string[];
  /** Whether the address and the scheme of a client are those that a proxy in front says. */
  trustProxy: boolean;
  /** ICE servers, for the server and, by `Link` header fields, for its clients. */
  iceServers: readonly IceServer[];
  /** Ports for media; `null` for any. */
  mediaPorts: { min: number; max: number } | null;
  /** Only the network interface with this IP address carries media. Empty: every one. */
  mediaAddress: string;
  /** Publishers at once. */
  maxSessions: number;
  /** Viewers at once, of all sessions together. */
  maxViewers: number;
  /** Seconds that a recording may last; 0 for no limit. */
  maxDuration: number;
  /** Bytes that a recording may have; 0 for no limit. */
  maxSize: number;
  /** Bits a second that a publisher may send; 0 for no limit. */
  maxBitrate: number;
  /** Requests a second from one address; ten times as many at once. */
  requestRate: number;
  /** New sessions a minute from one address; as many at once. */
  sessionRate: number;
  /** Bytes of a session description or fragment. */
  maxDescription: number;
  /** Seconds within which a client must be connected. */
  iceTimeout: number;
  /** Seconds without media after which a session is ended. */
  idleTimeout: number;
  /** Free bytes of the disk below which no new session begins. */
  minFree: number;
  /** Free bytes of the disk below which recordings are ended. */
  stopFree: number;
  /** Seconds between two looks at the statistics of a session, and two states of its side-car. */
  statisticsInterval: number;
  /** Seconds for which a thumbnail is good. */
  thumbnailInterval: number;
  /** Seconds that sessions get to finish their files when the server ends. */
  shutdownTimeout: number;
  /** What is logged. */
  logLevel: ServerLogLevel;
}

/** Settings of a program; what is left out has its default. */
export type RecordingServerOptions = Partial<RecordingServerSettings> & {
  /** Takes the log lines, JSON without a line end; by default they go to stderr. */
  log?: (line: string) => void;
};

interface Setting<T> {
  flag: string;
  type: SettingType<T>;
  default: T;
  help: string;
}

const address = text('ADDRESS', /^[0-9A-Za-z.:%_-]+$/);
const optionalAddress = text('ADDRESS', /^([0-9.]+|[0-9A-Fa-f:.]+)?$/);

const table: { [Name in keyof RecordingServerSettings]: Setting<RecordingServerSettings[Name]> } = {
  host: { flag: 'host', type: address, default: '127.0.0.1', help: 'address to listen on' },
  port: { flag: 'port', type: integer('PORT', { max: 65535 }), default: 8080, help: 'port to listen on, 0 for any' },
  directory: { flag: 'directory', type: text('PATH', /./), default: 'recordings', help: 'where the recordings are' },
  container: {
    flag: 'container',
    type: choice(['auto', 'webm', 'mp4']),
    default: 'auto',
    help: 'container of the files; auto: WebM unless the video is H.264',
  },
  videoCodecs: {
    flag: 'video-codecs',
    type: choices(['VP8', 'VP9', 'AV1', 'H264']),
    default: ['VP8', 'H264', 'VP9', 'AV1'],
    help: 'codecs that publishers may use, the preferred one first',
  },
  tlsCertificate: { flag: 'tls-certificate', type: text('PATH'), default: '', help: 'certificate chain (PEM): HTTPS' },
  tlsKey: { flag: 'tls-key', type: text('PATH'), default: '', help: 'the key of the certificate (PEM)' },
  publishTokens: {
    flag: 'publish-tokens',
    type: texts('TOKENS'),
    default: [],
    help: 'bearer tokens of publishers; none: everybody may publish',
  },
  viewTokens: {
    flag: 'view-tokens',
    type: texts('TOKENS'),
    default: [],
    help: 'bearer tokens of viewers; none: everybody may watch',
  },
  metricsTokens: {
    flag: 'metrics-tokens',
    type: texts('TOKENS'),
    default: [],
    help: "bearer tokens for /metrics, which viewers' open, too; none, of any kind: everybody may read it",
  },
  adminTokens: {
    flag: 'admin-tokens',
    type: texts('TOKENS'),
    default: [],
    help: 'bearer tokens for deleting recordings and ending sessions; none: nobody may',
  },
  allowOrigins: {
    flag: 'allow-origins',
    type: texts('ORIGINS'),
    default: ['*'],
    help: 'origins whose pages may publish and watch',
  },
  trustProxy: {
    flag: 'trust-proxy',
    type: flag,
    default: false,
    help: 'believe X-Forwarded-For and X-Forwarded-Proto',
  },
  iceServers: {
    flag: 'ice-servers',
    type: iceServers,
    default: [],
    help: 'STUN and TURN servers, as RTCConfiguration.iceServers',
  },
  mediaPorts: { flag: 'media-ports', type: ports, default: null, help: 'ports for media' },
  mediaAddress: {
    flag: 'media-address',
    type: optionalAddress,
    default: '',
    help: 'only the interface with this IP address carries media',
  },
  maxSessions: { flag: 'max-sessions', type: integer('N', { min: 1 }), default: 100, help: 'publishers at once' },
  maxViewers: { flag: 'max-viewers', type: integer('N'), default: 200, help: 'viewers at once, all together' },
  maxDuration: { flag: 'max-duration', type: seconds(), default: 6 * 3600, help: 'longest recording; 0: no limit' },
  maxSize: { flag: 'max-size', type: bytes(), default: 8 * 2 ** 30, help: 'largest recording; 0: no limit' },
  maxBitrate: {
    flag: 'max-bitrate',
    type: bitrate(),
    default: 20e6,
    help: 'what a publisher may send; 0: no limit',
  },
  requestRate: {
    flag: 'request-rate',
    type: integer('N', { min: 1 }),
    default: 50,
    help: 'requests a second from one address',
  },
  sessionRate: {
    flag: 'session-rate',
    type: integer('N', { min: 1 }),
    default: 120,
    help: 'new sessions a minute from one address',
  },
  maxDescription: {
    flag: 'max-description',
    type: bytes({ min: 1024 }),
    default: 64 * 2 ** 10,
    help: 'largest session description',
  },
  iceTimeout: {
    flag: 'ice-timeout',
    type: seconds({ min: 1 }),
    default: 20,
    help: 'time in which a client must connect',
  },
  idleTimeout: {
    flag: 'idle-timeout',
    type: seconds({ min: 1 }),
    default: 30,
    help: 'time without media after which a session ends',
  },
  minFree: {
    flag: 'min-free',
    type: bytes(),
    default: 2 ** 30,
    help: 'free disk below which no session begins',
  },
  stopFree: {
    flag: 'stop-free',
    type: bytes(),
    default: 256 * 2 ** 20,
    help: 'free disk below which recordings are ended',
  },
  statisticsInterval: {
    flag: 'statistics-interval',
    type: seconds({ min: 0.2 }),
    default: 5,
    help: 'time between two states of a side-car',
  },
  thumbnailInterval: {
    flag: 'thumbnail-interval',
    type: seconds({ min: 1 }),
    default: 10,
    help: 'time for which a thumbnail is good',
  },
  shutdownTimeout: {
    flag: 'shutdown-timeout',
    type: seconds(),
    default: 20,
    help: 'time to finish the files when the server ends',
  },
  logLevel: {
    flag: 'log-level',
    type: choice(['debug', 'info', 'warning', 'error', 'none']),
    default: 'info',
    help: 'what is logged, as lines of JSON on stderr',
  },
};

type AnySetting = Setting<unknown>;
const entries = Object.entries(table) as unknown as [keyof RecordingServerSettings, AnySetting][];

/** The environment variable of a flag. */
const variable = (name: string) => `RECORD_${name.toUpperCase().replaceAll('-', '_')}`;

/** Runs something that may say what is wrong with a value, and says of which one. */
function about<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SettingError) throw new SettingError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * Every setting of a program, with defaults for what it leaves out.
 *
 * @throws SettingError for a setting that does not exist or has a value that it must not have
 */
export function completeSettings(options: RecordingServerOptions = {}): RecordingServerSettings {
  for (const name of Object.keys(options)) {
    if (name !== 'log' && !Object.hasOwn(table, name)) throw new SettingError(`there is no setting "${name}"`);
  }
  const complete: Partial<Record<keyof RecordingServerSettings, unknown>> = {};
  for (const [name, setting] of entries) {
    const value: unknown = options[name];
    if (value !== undefined) about(name, () => setting.type.check(value));
    complete[name] = value ?? setting.default;
  }
  const settings = complete as RecordingServerSettings;
  if ((settings.tlsCertificate === '') !== (settings.tlsKey === '')) {
    throw new SettingError('a certificate needs its key, and a key its certificate');
  }
  return settings;
}

/**
 * The settings of a command line and an environment; a flag counts more than a variable.
 *
 * @throws SettingError for what cannot be read
 */
export function parseSettings(
  args: string[],
  environment: Record<string, string | undefined>,
): { help: boolean; options: RecordingServerOptions } {
  const known = Object.fromEntries(
    entries.map(([, { flag: name, type }]) => [
      name,
      { type: type.placeholder === '' ? 'boolean' : 'string' } as const,
    ]),
  );
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args, options: { ...known, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    throw new SettingError(`${(error as Error).message} (--help tells the flags)`);
  }
  const options: Partial<Record<keyof RecordingServerSettings, unknown>> = {};
  for (const [name, { flag: flagName, type }] of entries) {
    const given = values[flagName];
    const fromEnvironment = environment[variable(flagName)];
    if (given !== undefined) {
      options[name] = typeof given === 'boolean' ? given : about(`--${flagName}`, () => type.parse(given));
    } else if (fromEnvironment !== undefined) {
      options[name] = about(variable(flagName), () => type.parse(fromEnvironment));
    }
  }
  return { help: values['help'] === true, options: options as RecordingServerOptions };
}

/** What `--help` prints. */
export function helpText(): string {
  const heads = entries.map(([, { flag: name, type }]) => `--${name}${type.placeholder ? ` ${type.placeholder}` : ''}`);
  const width = Math.max(...heads.map((head) => head.length));
  const lines = entries.map(([, { type, default: value, help }], index) => {
    const shown = type.format(value);
    return `  ${heads[index]!.padEnd(width)}  ${help}${shown === '' ? '' : ` [${shown}]`}`;
  });
  return [
    'Usage: node-libwebrtc record [options]',
    '',
    'A server that records what is published over WHIP (RFC 9725) into files, plays it to viewers over WHEP, and has a',
    'page for both. Without options it listens on loopback and needs no set-up.',
    '',
    ...lines,
    `  ${'--help'.padEnd(width)}  this text`,
    '',
    'Each option has an environment variable, too: --max-size is RECORD_MAX_SIZE. Tokens are best given that way, for',
    'everybody on a machine sees its command lines. Units: B, kB, KiB, MB, MiB, GB, GiB; s, min, h, d; k, M (bits a',
    'second).',
    '',
  ].join('\n');
}
