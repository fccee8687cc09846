// Fills Secrets that the chart ships empty: `quorum.dev/generate: "key1,key2:48"` names the keys and, after a
// colon, their length. Only absent keys are written, by a conditional patch: a password that exists is never
// replaced, whoever runs at the same time, and no value is ever logged.
import { randomInt } from 'node:crypto';
import type { Api, KubeObject } from './api.ts';
import { mergePatch } from './apply.ts';
import { objectPath, SECRETS } from './paths.ts';

export const GENERATE_ANNOTATION = 'quorum.dev/generate';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const DEFAULT_LENGTH = 32;

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface WantedKey {
  readonly key: string;
  readonly length: number;
}

/** Parses the annotation. Throws when a length is not a whole number between 16 and 512. */
export function parseGenerate(annotation: string): readonly WantedKey[] {
  const parts = annotation.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map(parseKey);
}

function parseKey(part: string): WantedKey {
  const [key = '', lengthText] = part.split(':');
  const length = lengthText === undefined ? DEFAULT_LENGTH : Number(lengthText);
  if (!/^[-._a-zA-Z0-9]+$/.test(key) || !Number.isInteger(length) || length < 16 || length > 512) {
    throw new Error(`${GENERATE_ANNOTATION}: cannot read "${part}", expected key or key:length (16 to 512)`);
  }
  return { key, length };
}

/** A random string of letters and digits; the randomness is the system's. */
export function randomPassword(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Generates what is missing in the Secret `name`; returns the keys that were written. Throws ApiError. */
export async function fillSecret(api: Api, namespace: string, name: string): Promise<readonly string[]> {
  const path = objectPath(SECRETS, namespace, name);
  const secret = await api.request<SecretObject>('GET', path);
  const wanted = parseGenerate(secret.metadata.annotations?.[GENERATE_ANNOTATION] ?? '');
  const missing = wanted.filter(({ key }) => (secret.data?.[key] ?? '') === '');
  if (missing.length === 0) return [];
  const data = Object.fromEntries(
    missing.map(({ key, length }) => [key, Buffer.from(randomPassword(length)).toString('base64')]),
  );
  // The version makes it conditional: two operators at once must not give the same key two values.
  await mergePatch(api, path, { metadata: { resourceVersion: secret.metadata.resourceVersion }, data });
  return missing.map(({ key }) => key);
}
