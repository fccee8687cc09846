// A real file system of a few hundred MiB for one member, which can be filled and emptied: tmpfs, mounted as root.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MIB = 1024 * 1024;

export async function mountSmall(path: string, mib: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'small-volume', path]);
}

/** Unmounts everything that was mounted below `root`. */
export async function unmountSmall(root: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  for (const line of mounts) {
    const [device, path = ''] = line.split(' ');
    if (device === 'small-volume' && path.startsWith(root)) await run('umount', [path]);
  }
}

const BALLAST = 'ballast';

/** Leaves `leftMib` free at most, whatever others write meanwhile. */
export async function fillVolume(volume: string, leftMib: number): Promise<void> {
  const file = await open(join(volume, BALLAST), 'a', 0o600);
  try {
    for (let free = await freeMib(volume); free > leftMib; free = await freeMib(volume)) {
      const bytes = Math.max(1, Math.floor(Math.min(free - leftMib, 8) * MIB));
      await file.write(Buffer.alloc(bytes));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}

export async function emptyVolume(volume: string): Promise<void> {
  await rm(join(volume, BALLAST), { force: true });
}

async function freeMib(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return (bavail * bsize) / MIB;
}
