// Certificates as PEM texts: an authority is made, it signs leaves, and a text tells how long and for whom it is good.
// Keys are ECDSA P-256, which a handshake pays least for. Nothing here knows where the texts are kept.
// The library's container asks for Reflect's metadata when it is loaded, so this comes first.
import 'reflect-metadata';
import { createPrivateKey, X509Certificate, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as SignedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
type Key = webcrypto.CryptoKey;

cryptoProvider.set(webcrypto);

/** A self-signed authority that may sign leaves, and nothing below them. */
export async function createAuthority(name: string, validity: Validity): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    ...dates(validity),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await exportKey(keys.privateKey) };
}

/** A certificate for `names` (DNS names and addresses), for either end of a connection. Its key never existed before. */
export async function issue(
  authority: KeyPair,
  names: readonly string[],
  validity: Validity,
): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new SignedCertificate(authority.cert);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? ''] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    ...dates(validity),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await exportKey(keys.privateKey) };
}

export interface Facts extends Validity {
  /** DNS names and addresses it is good for, sorted. */
  readonly names: readonly string[];
}

/** What a certificate says; null when the text is none. */
export function factsOf(pem: string): Facts | null {
  const certificate = parse(pem);
  if (!certificate) return null;
  const names = (certificate.subjectAltName ?? '').split(', ').filter((entry) => entry !== '');
  return {
    fromMs: Date.parse(certificate.validFrom),
    untilMs: Date.parse(certificate.validTo),
    names: names.map((entry) => entry.replace(/^(DNS|IP Address):/, '')).sort(),
  };
}

/** Whether `pair` is a certificate with its own key, signed by `authority`. */
export function isSignedBy(pair: KeyPair, authority: string): boolean {
  const [certificate, issuer] = [parse(pair.cert), parse(authority)];
  if (!certificate || !issuer) return false;
  try {
    return certificate.verify(issuer.publicKey) && certificate.checkPrivateKey(createPrivateKey(pair.key));
  } catch {
    return false;
  }
}

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function dates({ fromMs, untilMs }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(fromMs), notAfter: new Date(untilMs) };
}

function pemOf(certificate: SignedCertificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

async function exportKey(key: Key): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY').trim()}\n`;
}

function importKey(pem: string): Promise<Key> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}
