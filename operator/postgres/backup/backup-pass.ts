// The backup part of one pass over a set: decides, sends, and reports why it cannot.
import type { KubeObject } from '../../runtime/api.ts';
import type { ControllerContext } from '../../runtime/controller.ts';
import type { MemberProbe } from '../member-probe.ts';
import type { MemberView, Observed } from '../observed.ts';
import type { PostgresSet } from '../resource.ts';
import { createBackupCourier } from './backup-courier.ts';
import { settingsOf } from './backup-spec.ts';
import { decideBackup } from './decide-backup.ts';
import type { BackupAction } from './decide-backup.ts';

export type BackupPass = (set: PostgresSet, observed: Observed, about: KubeObject) => void;

export function createBackupPass(
  context: ControllerContext,
  probe: (name: string) => MemberProbe,
): BackupPass {
  const courier = createBackupCourier({ context, probe });
  return (set, observed, about) => {
    try {
      courier.send(decide(set, observed), about);
    } catch (error) {
      // A schedule that matches the schema and still names no time.
      const note = error instanceof Error ? error.message : String(error);
      context.events.record(about, { type: 'Warning', reason: 'BackupRefused', action: 'Backup', note });
    }
  };
}

function decide({ spec, status, metadata }: PostgresSet, observed: Observed): readonly BackupAction[] {
  const { backup = null } = spec;
  const { requestDone = null, gapAt = null } = status?.backup ?? {};
  return decideBackup({
    spec: backup,
    settings: backup && settingsOf(backup, metadata.name),
    members: observed.members,
    primary: servingPrimary(observed)?.name ?? null,
    ...{ requestDone, gapAt, now: new Date(observed.now) },
  });
}

/** The primary of the register, while it is heard. */
export function servingPrimary({ ballot, members }: Observed): MemberView | undefined {
  if (ballot?.stage !== 'serving') return undefined;
  return members.find(({ name, contact }) => name === ballot.primary && contact === 'up');
}
