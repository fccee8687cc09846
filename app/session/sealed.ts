// Text that only we can read and nobody can change: AES-256-GCM under a key that is named in the value. The newest key
// seals, all known ones open, so a key is rotated by putting a new one first and dropping it when its values are gone.
//
// The value: version (1 byte), key's name (4), nonce (12), ciphertext, tag (16), in base64url.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type Refusal = 'malformed' | 'unknown-key' | 'forged';

export type Opened = { readonly text: string; readonly isNewestKey: boolean } | { readonly refused: Refusal };

export interface Sealer {
  readonly seal: (text: string) => string;
  readonly open: (value: string) => Opened;
}

interface Key {
  readonly name: Buffer;
  readonly secret: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const NAME_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NAME_BYTES;
/** What sealing adds to the text's own bytes, before base64url makes four characters of three bytes. */
export const SEAL_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

/** Each purpose has keys of its own: a value sealed for one cannot be opened as another. */
function deriveKey(secret: string, purpose: string): Key {
  const derived = Buffer.from(
    hkdfSync('sha256', secret, '', `sealed:${VERSION}:${purpose}`, 32 + NAME_BYTES),
  );
  return { secret: derived.subarray(0, 32), name: derived.subarray(32) };
}

function sealWith(key: Key, text: string): string {
  const head = Buffer.concat([Buffer.of(VERSION), key.name]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.secret, nonce).setAAD(head);
  const sealed = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([head, nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
}

function openWith(key: Key, bytes: Buffer): string | undefined {
  const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key.secret, nonce, { authTagLength: TAG_BYTES })
    .setAAD(bytes.subarray(0, HEAD_BYTES))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** `secrets`: newest first, at least one. */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret) => deriveKey(secret, purpose));
  const [newest] = keys;
  if (newest === undefined) throw new Error(`sealing ${purpose}: no key`);
  return {
    seal: (text) => sealWith(newest, text),
    open: (value) => {
      const bytes = Buffer.from(value, 'base64url');
      if (bytes.length < SEAL_BYTES || bytes[0] !== VERSION) return { refused: 'malformed' };
      const name = bytes.subarray(1, HEAD_BYTES);
      const key = keys.find((known) => known.name.equals(name));
      if (key === undefined) return { refused: 'unknown-key' };
      const text = openWith(key, bytes);
      return text === undefined ? { refused: 'forged' } : { text, isNewestKey: key === newest };
    },
  };
}
