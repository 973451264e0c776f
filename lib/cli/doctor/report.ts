/** What the doctor has found. `--json` prints it as it is. */

/** Where this runs. */
export interface PlatformReport {
  /** `node v24.1.0`, `electron 38.0.0`, `bun 1.4.0`. */
  runtime: string;
  /** Version of Node's API for addons. */
  nodeApi: string;
  os: string;
  arch: string;
  /** Of the C library, where it is glibc. */
  glibc: string | null;
  processor: string;
  processors: number;
  /** Bytes. */
  memory: number;
}

/** The package and its addon. */
export interface BuildReport {
  version: string;
  /** Milestone of libwebrtc. */
  libwebrtc: number;
  addon: {
    /** Where it was found; `null` if nowhere. */
    path: string | null;
    /** A file that came with the package, or what a build from source has left. */
    kind: 'prebuild' | 'local build' | null;
    /** Bytes. */
    size: number | null;
    loaded: boolean;
    /** Why it was not loaded, and what to do. */
    error?: string;
    /** Milliseconds that loading it took. */
    loadTime?: number;
  };
}

/** What can be sent and received, by MIME type without its kind. */
export type CodecReport = Record<'audio' | 'video', { send: string[]; receive: string[] }>;

/** A candidate in short. */
export interface CandidateReport {
  type: string;
  protocol: string;
  address: string;
  port: number;
  relayProtocol?: string;
}

/** The machine's networks, and what libwebrtc makes of them. */
export interface NetworkReport {
  interfaces: { name: string; family: 'IPv4' | 'IPv6'; address: string; internal: boolean }[];
  /** Host candidates, loopback left out. */
  candidates: CandidateReport[];
}

/** A STUN or TURN server. */
export interface ServerReport {
  url: string;
  kind: 'stun' | 'turn';
  /** Whether it does what it was asked for. */
  ok: boolean;
  /** Milliseconds until the first candidate by this server; `null` if there was none. */
  time: number | null;
  candidates: CandidateReport[];
  /** What libwebrtc reports, each once. */
  errors: { code: number; text: string }[];
  /** In words. */
  verdict: string;
}

/** A call of this process with itself. */
export interface CallReport {
  ok: boolean;
  error?: string;
  /** Milliseconds from the first offer until both ends are connected. */
  connectTime?: number;
  /** Milliseconds, of a message there and back, the median. */
  roundTripTime?: number;
  data?: {
    bytes: number;
    /** Milliseconds. */
    time: number;
    /** Bytes a second. */
    rate: number;
  };
  audio?: { codec: string; packets: number; packetsLost: number; bitsPerSecond: number };
  video?: {
    codec: string;
    encoder: string;
    decoder: string;
    width: number;
    height: number;
    framesPerSecond: number;
    bitsPerSecond: number;
  };
}

/** Everything. */
export interface Report {
  /** Whether nothing has failed. */
  ok: boolean;
  platform: PlatformReport;
  build: BuildReport;
  /** Absent, like what follows, if the addon cannot be loaded. */
  codecs?: CodecReport;
  network?: NetworkReport;
  servers?: ServerReport[];
  /** Absent if it was not wanted, too. */
  call?: CallReport;
  /** What is wrong, in words. */
  problems: string[];
}
