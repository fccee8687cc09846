// Passwords of the local servers: made once, kept beside their data, readable by their owner only.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeptSecret {
  readonly file: string;
  readonly value: string;
}

/** Reads the secret of this name, or makes one of 48 hexadecimal digits. */
export function keptSecret(folder: string, name: string): KeptSecret {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  try {
    // Written only where there is none: of two runs that start at once, both use the first one's.
    writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { file, value: readFileSync(file, 'utf8') };
}
