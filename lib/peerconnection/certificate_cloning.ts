/**
 * Certificates in messages to other threads: a copy has the same private key. Implements WebRTC, section 4.9.2 (the
 * serialization steps and deserialization steps of RTCCertificate).
 */
import { definePlatformObject } from '../clone/platform_objects';
import { native } from '../native';
import { createCertificate, isCertificate, nativeCertificateOf, type RTCCertificate } from './RTCCertificate';

interface CertificateContent {
  readonly certificate: string;
  readonly privateKey: string;
}

definePlatformObject<RTCCertificate, CertificateContent>({
  name: 'RTCCertificate',
  is: (value): value is RTCCertificate => isCertificate(value),
  serialize: (certificate) => ({ data: nativeCertificateOf(certificate).pem }),
  deserialize: ({ certificate, privateKey }) => createCertificate(native.certificateFromPem(certificate, privateKey)),
});
