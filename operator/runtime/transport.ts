// How a pod is spoken to. Its template names the Secret of its certificates in an annotation; a pod without one is
// from before certificates and speaks plainly. The API server says so, not the network: nobody in between can make
// a client give up encryption.
import type { KubeObject } from './api.ts';
import type { SecretReader } from './secret-reader.ts';

export const TLS_ANNOTATION = 'quorum.dev/tls';

/** The Secret with its certificate and whom it trusts; null when it speaks plainly. */
export function tlsSecretOf(pod: KubeObject | undefined): string | null {
  return pod?.metadata.annotations?.[TLS_ANNOTATION] ?? null;
}

export type Trust = { readonly known: true; readonly ca: string | null } | { readonly known: false };

/** Whose signature a client of `pod` accepts (null: plain); not known until its Secret has been read. */
export function trustFor(pod: KubeObject | undefined, secrets: SecretReader): Trust {
  const secret = tlsSecretOf(pod);
  if (secret === null) return { known: true, ca: null };
  const ca = secrets.get(secret, 'ca.crt');
  return ca === null || ca === '' ? { known: false } : { known: true, ca };
}
