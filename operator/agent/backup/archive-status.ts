// Postgres' own queue of segments to archive: marker files beside the log. Read to know how much waits, written to
// queue again what an earlier primary did not get into the repository.
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_BYTES } from './archive.ts';

const walFolder = (pgdata: string): string => join(pgdata, 'pg_wal');
const statusFolder = (pgdata: string): string => join(walFolder(pgdata), 'archive_status');

/** Bytes of WAL that wait to be archived; 0 without a database. */
export function queueBytes(pgdata: string): number {
  const waiting = list(statusFolder(pgdata)).filter((name) => /^[0-9A-F]{24}\.ready$/.test(name));
  return waiting.length * SEGMENT_BYTES;
}

/** Names of the complete segments held here: those that Postgres has marked, queued or done. */
export function completeSegments(pgdata: string): readonly string[] {
  const files = new Set(list(walFolder(pgdata)));
  return list(statusFolder(pgdata))
    .flatMap((name) => /^([0-9A-F]{24})\.(?:ready|done)$/.exec(name)?.[1] ?? [])
    .filter((name) => files.has(name));
}

/** Queues segments again. Idempotent. */
export function requeue(pgdata: string, segments: readonly string[]): void {
  for (const segment of segments) {
    const at = (state: string): string => join(statusFolder(pgdata), `${segment}.${state}`);
    if (existsSync(at('done'))) renameSync(at('done'), at('ready'));
    else if (!existsSync(at('ready'))) writeFileSync(at('ready'), '');
  }
}

function list(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
