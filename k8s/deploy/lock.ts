// One deployment at a time on this machine. The lock names its holder; one whose process is gone is taken over, so
// that an interrupted run never has to be cleaned up by hand.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from './settings.ts';

const attempts = 3;

export function lockFile(name: string): string {
  return join(tmpdir(), `${name}.lock`);
}

/** Returns what releases it. Throws a Refusal that names the holder. */
export function takeLock(file: string): () => void {
  const me = identity(process.pid);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (created(file, me)) return () => release(file, me);
    const holder = read(file);
    const pid = Number(holder.split(' ')[0]);
    if (holder !== '' && isAlive(pid) && identity(pid) === holder) {
      throw new Refusal(`another make deploy is running (process ${pid}): wait for it, or end it`);
    }
    rmSync(file, { force: true });
  }
  throw new Refusal(`${file} cannot be taken: remove it`);
}

function created(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function release(file: string, me: string): void {
  if (read(file) === me) rmSync(file, { force: true });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A number is given to another process one day: with its start time (where /proc tells) it is unique. */
function identity(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return `${pid} `;
  }
}
