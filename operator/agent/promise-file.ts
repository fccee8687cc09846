// The promise on the volume. It is written to a new file, synced, renamed over the old one and the folder synced,
// before any command is answered: a member that forgot its promise in a power cut could vote twice in one term.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { NOTHING_PROMISED } from './rules.ts';
import type { PromiseRecord } from './rules.ts';
import { writeBeside } from './write-beside.ts';

const lineage = z.array(z.object({ term: z.number(), startLsn: z.string() }));

const fork = z.object({
  timeline: z.number(),
  forkLsn: z.string().nullable(),
  endLsn: z.string().nullable(),
  bytes: z.number().nullable(),
});
const rule = z.object({ version: z.number(), members: z.array(z.string()), acks: z.number() });

const shape = z.object({
  term: z.number().int().min(0),
  role: z.enum(['none', 'frozen', 'primary', 'standby']),
  primary: z.string().nullable(),
  primaryAddress: z.string().nullable().default(null),
  systemId: z.string().nullable(),
  data: z.enum(['empty', 'whole', 'torn', 'foreign', 'forked']),
  lineage,
  wroteTerm: z.number().nullable(),
  pending: z.object({ lineage, mayReplaceData: z.boolean() }).nullable(),
  // Promises written before forks were counted have none.
  fork: fork.nullable().default(null),
  // Missing in what was written before sets could be scaled.
  rule: rule.nullable().default(null),
});

export interface PromiseFile {
  /** Throws when the file exists and cannot be understood: a member must not guess what it promised. */
  load(): PromiseRecord;
  /** Returns once the record is on disk. */
  save(record: PromiseRecord): void;
}

export function promiseFile(path: string): PromiseFile {
  return {
    load: () => {
      try {
        return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING_PROMISED;
        throw new Error(`promise ${path}: cannot be read`, { cause: error });
      }
    },
    save: (record) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeBeside(path, `${JSON.stringify(record, null, 2)}\n`, { flush: true });
      syncFolder(dirname(path));
    },
  };
}

/** Makes names that were added or taken away last. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
