/** The certificates that `turns:` servers are verified against: Node's own. */
import { readFileSync } from 'node:fs';
import type * as TlsModule from 'node:tls';
import { native } from '../native';

const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Certificates of the file that `NODE_EXTRA_CA_CERTS` names; Node itself has warned if it cannot be read. */
function extraCertificates(): string[] {
  const path = process.env['NODE_EXTRA_CA_CERTS'];
  if (path === undefined || path === '') return [];
  try {
    return readFileSync(path, 'latin1').match(PEM) ?? [];
  } catch {
    return [];
  }
}

/** PEM texts of the certificates that Node trusts: those it comes with, and those of `NODE_EXTRA_CA_CERTS`. */
export function rootCertificates(): string[] {
  // Not before it is needed: Node loads certificates on a thread of its own as soon as somebody loads this.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not by import(): a constructor waits for it
  const tls = require('node:tls') as typeof TlsModule & { getCACertificates?: (type: 'default') => string[] };
  // Newer versions of Node tell; what they tell includes the system's store where the user has asked for that.
  const { getCACertificates } = tls;
  if (getCACertificates !== undefined) return getCACertificates('default');
  return [...tls.rootCertificates, ...extraCertificates()];
}

let provided = false;

/** Hands the certificates to the addon, once; they are some hundred kilobytes that most processes never need. */
export function provideRootCertificates(): void {
  if (provided) return;
  provided = true;
  native.setRootCertificates(rootCertificates());
}
