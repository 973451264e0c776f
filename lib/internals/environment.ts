/** Serves the page because `NODE_LIBWEBRTC_INTERNALS` says so. */
import { isIP } from 'node:net';
import { startInternals, type InternalsOptions } from './index';

/** `9990`, `0.0.0.0:9990`, `[::1]:9990`. */
function parse(address: string): InternalsOptions | null {
  const [, bracketed, plain, port] = /^(?:(?:\[(.+)\]|([^:]+)):)?(\d+)$/.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535) return null;
  const host = bracketed ?? plain;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return null;
  return { port: Number(port), ...(host === undefined ? {} : { host }) };
}

/** Serves it and says where, on stderr: somebody has asked for it. A process is never ended by it. */
export function startFromEnvironment(address: string): void {
  const options = parse(address);
  if (options === null) {
    process.emitWarning(`NODE_LIBWEBRTC_INTERNALS=${address} is neither a port nor host:port`, 'InternalsWarning');
    return;
  }
  startInternals(options).then(
    ({ url }) => process.stderr.write(`node-libwebrtc: live statistics at ${url}\n`),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`The page of live statistics cannot be served: ${reason}`, 'InternalsWarning');
    },
  );
}
