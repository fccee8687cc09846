// The member's certificate and whom it trusts: the files of a mounted Secret, which change under a running process when
// a certificate is renewed. Postgres and the agent's door take the new ones without a restart.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './settings.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const LOOK_MS = 2000;

/** Null for a set without TLS. */
export function tlsFiles({ tlsDir }: Settings): TlsFiles | null {
  if (tlsDir === '') return null;
  return { ca: join(tlsDir, 'ca.crt'), cert: join(tlsDir, 'tls.crt'), key: join(tlsDir, 'tls.key') };
}

/** Throws when a file is missing: a member that was told to use TLS must never come up without. */
export function readCertificate(settings: Settings): Certificate | null {
  const files = tlsFiles(settings);
  return files && { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
}

/** Whom to trust when dialling another member, read afresh each time; null for a set without TLS. */
export function readTrusted(settings: Settings): string | null {
  const files = tlsFiles(settings);
  return files && readFileSync(files.ca, 'utf8');
}

/** Calls `onChange` with every new certificate until the returned function is called. */
export function watchCertificate(
  settings: Settings,
  onChange: (certificate: Certificate) => void,
): () => void {
  let known = readCertificate(settings);
  const look = (): void => {
    const now = readIfWhole(settings);
    if (!now || now.cert === known?.cert) return;
    known = now;
    onChange(now);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

/** A Secret that is just being taken away and put back is no reason to end. */
function readIfWhole(settings: Settings): Certificate | null {
  try {
    return readCertificate(settings);
  } catch {
    return null;
  }
}
