// One `make dev` per data folder: two would open the same database files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './process-lock.ts';

/** Claims the folder and returns what gives it back. Throws when a living process has it. */
export function claimFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const heldBy = (pid: number): Error =>
    new Error(`already runs here, as process ${pid}; stop that one first`);
  return takeLock(join(folder, 'pid'), heldBy);
}
