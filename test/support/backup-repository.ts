// A repository of kind volume for local sets: a folder that their user may write, which can be taken away and given
// back, as a file server that fails.
import { chmod, chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositorySpec } from '../../operator/postgres/backup/backup-spec.ts';
import { RUN_AS } from './postgres-member.ts';

export interface BackupRepository {
  /** For the agents' environment. */
  readonly env: Readonly<Record<string, string>>;
  /** As a set's spec names it. */
  readonly spec: RepositorySpec;
  /** Nothing can be read or written any more: it is gone, or hangs. */
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
  close(): Promise<void>;
}

export async function createVolumeRepository(): Promise<BackupRepository> {
  const root = await mkdtemp(join(tmpdir(), 'repository-'));
  // The agents' user passes through, and cannot make again what was taken away.
  await chmod(root, 0o755);
  const path = join(root, 'mounted', 'backups');
  await mkdir(path, { recursive: true });
  if (RUN_AS) await chown(path, RUN_AS.uid, RUN_AS.gid);
  return {
    env: { BACKUP_VOLUME: path },
    spec: { volume: {} },
    takeAway: () => rename(join(root, 'mounted'), join(root, 'away')),
    giveBack: () => rename(join(root, 'away'), join(root, 'mounted')),
    close: () => rm(root, { recursive: true, force: true }),
  };
}
