// What `pgbackrest info --output=json` says, in the few words that the status of a set needs.
import * as z from 'zod';

export interface BackupRecord {
  readonly label: string;
  readonly type: 'full' | 'incr' | 'diff';
  readonly startedAt: string;
  /** From this moment on every point in time can be restored with it. */
  readonly finishedAt: string;
  /** Bytes of the repository it takes. */
  readonly bytes: number;
}

export interface RepositoryInfo {
  /** Whether the stanza has been made. */
  readonly exists: boolean;
  readonly backups: readonly BackupRecord[];
  /** The newest segment in the archive. */
  readonly lastArchived: string | null;
}

const shape = z.array(
  z.object({
    name: z.string(),
    status: z.object({ code: z.number(), message: z.string() }),
    archive: z.array(z.object({ max: z.string().nullable() })),
    backup: z.array(
      z.object({
        label: z.string(),
        type: z.enum(['full', 'incr', 'diff']),
        error: z.boolean().nullish(),
        timestamp: z.object({ start: z.number(), stop: z.number() }),
        info: z.object({ repository: z.object({ delta: z.number() }) }),
      }),
    ),
  }),
);

/** pgBackRest's code for a stanza nobody has made; 2 (no backup yet) and 0 are good. */
const MISSING_STANZA = 1;

/** Throws on text that is not pgBackRest's, and on a repository that it could not read. */
export function parseInfo(text: string, stanza: string): RepositoryInfo {
  const found = shape.parse(JSON.parse(text)).find(({ name }) => name === stanza);
  if (!found || found.status.code === MISSING_STANZA) {
    return { exists: false, backups: [], lastArchived: null };
  }
  if (found.status.code === 99) throw new Error(`pgbackrest: ${found.status.message}`);
  const maxima = found.archive.flatMap(({ max }) => max ?? []).sort();
  return {
    exists: true,
    lastArchived: maxima.at(-1) ?? null,
    backups: found.backup
      .filter(({ error }) => error !== true)
      .map(({ label, type, timestamp, info }) => ({
        ...{ label, type, startedAt: iso(timestamp.start), finishedAt: iso(timestamp.stop) },
        bytes: info.repository.delta,
      })),
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
