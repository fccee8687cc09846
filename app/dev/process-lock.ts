// A file that belongs to one living process at a time. It names its holder; one whose process is gone is taken over, so that
// what was killed never has to be cleaned up after by hand.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const attempts = 3;

/** Returns what releases it. Throws what `heldBy` makes of the holder's process number. */
export function takeLock(file: string, heldBy: (pid: number) => Error): () => void {
  const me = identity(process.pid);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (created(file, me)) return () => release(file, me);
    const holder = read(file);
    const pid = Number(holder.split(' ')[0]);
    if (holder !== '' && isAlive(pid) && identity(pid) === holder) throw heldBy(pid);
    rmSync(file, { force: true });
  }
  throw new Error(`${file} cannot be taken: remove it`);
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
