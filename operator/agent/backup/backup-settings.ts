// What the operator wants of backups, pushed to every member and kept on its volume: a member that is promoted, or
// whose agent restarts while no operator runs, archives on as before.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { writeBeside } from '../write-beside.ts';

export const repositoryShape = z.union([
  /** A folder that every member mounts. */
  z.strictObject({ kind: z.literal('volume') }),
  z.strictObject({
    kind: z.literal('s3'),
    bucket: z.string().min(1),
    /** host or host:port; always TLS. */
    endpoint: z.string().min(1),
    region: z.string().min(1),
    /** Folder inside the bucket. */
    prefix: z.string().startsWith('/'),
    /** bucket in the path instead of the host name: what most servers other than AWS need. */
    pathStyle: z.boolean(),
  }),
]);

export const backupSettingsShape = z.strictObject({
  /** pgBackRest's word for one database's backups and archive. */
  stanza: z.string().regex(/^[a-z0-9][-a-z0-9]{0,62}$/),
  repository: repositoryShape,
  /** How much is kept: whole chains of a full backup and what builds on it. */
  retention: z.strictObject({ unit: z.enum(['fullBackups', 'days']), count: z.number().int().min(1) }),
  /** WAL that may wait for the repository; what exceeds it is given up, so that the disk never fills. */
  archiveQueueBytes: z.number().int().min(1),
});

export const restoreShape = z.strictObject({
  stanza: z.string().min(1),
  repository: repositoryShape,
  /** Null: to the end of the archive. */
  target: z.strictObject({ kind: z.enum(['time', 'lsn']), value: z.string().min(1) }).nullable(),
});

export type Repository = z.infer<typeof repositoryShape>;
export type BackupSettings = z.infer<typeof backupSettingsShape>;
export type RestoreOrder = z.infer<typeof restoreShape>;

/** Names one text of settings, so that the operator sees what a member works with. */
export function fingerprint(settings: BackupSettings | null): string {
  return settings === null
    ? 'off'
    : createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
}

export interface BackupMemory {
  readonly settings: BackupSettings | null;
  /** Until when WAL was last given up; null: never as far as known here. */
  readonly gapAt: string | null;
}

const memoryShape = z.object({
  settings: backupSettingsShape.nullable(),
  gapAt: z.string().nullable(),
});

/** Unlike the promise, losing this loses nothing: the operator sends it again. */
export function loadBackupMemory(path: string): BackupMemory {
  try {
    return memoryShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { settings: null, gapAt: null };
  }
}

export function saveBackupMemory(path: string, memory: BackupMemory): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeBeside(path, `${JSON.stringify(memory)}\n`);
}
