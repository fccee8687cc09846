// Keeps the certificates of one set in two Secrets that the chart ships empty: the leaf's, which pods mount
// (`ca.crt`, `tls.crt`, `tls.key`), and its authority's, which only this operator reads. The leaf's annotations name
// the authority's Secret and what the certificate is for; without them (cert-manager fills it) nothing is touched.
import type { Api, KubeObject } from './api.ts';
import { mergePatch } from './apply.ts';
import { nextAuthorities, nextLeaf } from './certificates.ts';
import type { Authorities, Leaf, Wish } from './certificates.ts';
import { objectPath, SECRETS } from './paths.ts';
import type { KeyPair } from './x509.ts';

export const NAMES_ANNOTATION = 'quorum.dev/certificate';
export const AUTHORITY_ANNOTATION = 'quorum.dev/authority';
/** Any new value asks for a new certificate now: on the leaf's Secret, or on the authority's. */
export const RENEW_ANNOTATION = 'quorum.dev/renew';
const RENEWED_ANNOTATION = 'quorum.dev/renewed';

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Issues and renews what is due in the Secret `name`; returns what was written. Throws ApiError. */
export async function keepCertificate(
  api: Api,
  namespace: string,
  name: string,
  nowMs: number,
): Promise<readonly ('authority' | 'certificate')[]> {
  const read = (secret: string): Promise<SecretObject> =>
    api.request<SecretObject>('GET', objectPath(SECRETS, namespace, secret));
  const secret = await read(name);
  const { [NAMES_ANNOTATION]: names, [AUTHORITY_ANNOTATION]: authority } = secret.metadata.annotations ?? {};
  if (names === undefined || authority === undefined) return [];
  const authoritySecret = await read(authority);
  const wish: Wish = {
    name: `${authority}.${namespace}`,
    names: qualified(names, namespace),
    renewLeaf: isRequested(secret),
    renewAuthority: isRequested(authoritySecret),
  };
  const [before, leaf] = [authoritiesIn(authoritySecret), leafIn(secret)];
  const after = await nextAuthorities(before, leaf, wish, nowMs);
  // First: a leaf of an authority that was not kept could never be renewed without a break.
  const written: ('authority' | 'certificate')[] = [];
  if (after !== before) {
    await write(api, namespace, authoritySecret, authorityData(after));
    written.push('authority');
  }
  const renewed = await nextLeaf(leaf, after, wish, nowMs);
  if (renewed === leaf) return written;
  const { bundle, cert, key } = renewed;
  await write(api, namespace, secret, { 'ca.crt': bundle, 'tls.crt': cert, 'tls.key': key });
  return [...written, 'certificate'];
}

/** A Service is dialled by any of these, a pod of a headless one likewise; an address is what it is. */
function qualified(names: string, namespace: string): readonly string[] {
  const parts = names.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .flatMap((name) =>
      /^[\d.:a-f]+$/.test(name) ? [name] : [name, `${name}.${namespace}`, `${name}.${namespace}.svc`],
    );
}

function isRequested({ metadata: { annotations = {} } }: SecretObject): boolean {
  return (annotations[RENEW_ANNOTATION] ?? '') !== (annotations[RENEWED_ANNOTATION] ?? '');
}

function textAt({ data = {} }: SecretObject, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8');
}

function pairAt(secret: SecretObject, name: string): KeyPair | null {
  const pair = { cert: textAt(secret, `${name}.crt`), key: textAt(secret, `${name}.key`) };
  return pair.cert === '' || pair.key === '' ? null : pair;
}

function authoritiesIn(secret: SecretObject): Authorities {
  const former = textAt(secret, 'former.crt');
  return {
    current: pairAt(secret, 'tls'),
    next: pairAt(secret, 'next'),
    former: former === '' ? null : former,
  };
}

function leafIn(secret: SecretObject): Leaf | null {
  const pair = pairAt(secret, 'tls');
  return pair && { ...pair, bundle: textAt(secret, 'ca.crt') };
}

function authorityData({ current, next, former }: Authorities): Record<string, string | null> {
  return {
    'tls.crt': current?.cert ?? null,
    'tls.key': current?.key ?? null,
    'next.crt': next?.cert ?? null,
    'next.key': next?.key ?? null,
    'former.crt': former,
  };
}

/** Conditional on the version that was read: of two operators at once one loses, and looks again. */
async function write(
  api: Api,
  namespace: string,
  { metadata }: SecretObject,
  texts: Readonly<Record<string, string | null>>,
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, text === null ? null : encode(text)]),
  );
  const wanted = metadata.annotations?.[RENEW_ANNOTATION];
  const annotations = wanted === undefined ? {} : { [RENEWED_ANNOTATION]: wanted };
  await mergePatch(api, objectPath(SECRETS, namespace, metadata.name), {
    metadata: { resourceVersion: metadata.resourceVersion, annotations },
    data,
  });
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
