// How much room the member's volume has left. A member without room says so and is not chosen; where its Postgres ended
// it is not started again before there is room, because each try would end the same way and look like broken data.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskView } from './protocol.ts';
import type { Machine } from './state.ts';

export const MIB = 1024 * 1024;
/** Three WAL segments: Postgres ends when it cannot make the next one. */
const FULL_BELOW_MIB = 48;
/** Above it there is room again: in between nothing changes, or a member would come and go with each segment. */
const ROOM_ABOVE_MIB = 96;
/** Told in steps, so that a status does not change with every page. */
const STEP_MIB = 16;
const LOOK_MS = 500;

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What is told about `space`, given what was told before. */
export function viewDisk(before: DiskView | null, { freeBytes, totalBytes }: Space): DiskView {
  const freeMib = Math.floor(freeBytes / MIB);
  const full = freeMib < FULL_BELOW_MIB || (before?.full === true && freeMib < ROOM_ABOVE_MIB);
  const told = Math.floor(freeMib / STEP_MIB) * STEP_MIB;
  return { freeMib: told, totalMib: Math.floor(totalBytes / MIB), full };
}

/** Looks until `signal`; calls `onChange` when the member became full, or has room again. */
export async function watchDisk(machine: Machine, onChange: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const before = machine.disk;
    machine.disk = await look(machine).catch(() => before);
    if (before?.full !== machine.disk?.full) {
      machine.log[machine.disk?.full === true ? 'error' : 'info']({ ...machine.disk }, 'volume');
      onChange();
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function look({ settings, disk }: Machine): Promise<DiskView> {
  const volume = dirname(settings.pgdata);
  // On the volume even where WAL is a mount of its own.
  const place = existsSync(settings.pgdata) ? settings.pgdata : volume;
  const { bavail, blocks, bsize } = await statfs(place);
  return viewDisk(disk, { freeBytes: bavail * bsize, totalBytes: blocks * bsize });
}
