// One deployment at a time on this machine.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../app/dev/process-lock.ts';
import { Refusal } from './settings.ts';

export function lockFile(name: string): string {
  return join(tmpdir(), `${name}.lock`);
}

/** Returns what releases it. Throws a Refusal that names the holder. */
export function lockDeployment(file: string): () => void {
  const heldBy = (pid: number): Error =>
    new Refusal(`another make deploy is running (process ${pid}): wait for it, or end it`);
  return takeLock(file, heldBy);
}
