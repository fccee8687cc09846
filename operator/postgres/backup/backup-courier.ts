// Carries out what decideBackup() wants, and records what came of it as events. Not waited for: the effect comes back
// through the members' status.
import type { KubeObject } from '../../runtime/api.ts';
import type { ControllerContext } from '../../runtime/controller.ts';
import type { MemberProbe } from '../member-probe.ts';
import { createResendGuard } from '../resend-guard.ts';
import type { BackupAction } from './decide-backup.ts';

export interface BackupCourierOptions {
  readonly context: ControllerContext;
  readonly probe: (name: string) => MemberProbe;
}

export interface BackupCourier {
  /** `about` is what events are recorded on. Does nothing while another replica leads. */
  send(actions: readonly BackupAction[], about: KubeObject): void;
}

/** The same thing is not said again sooner. */
const RESEND_MS = 2000;

export function createBackupCourier({ context, probe }: BackupCourierOptions): BackupCourier {
  const isDue = createResendGuard(context.clock, RESEND_MS);
  const deliver = async (action: BackupAction, about: KubeObject): Promise<void> => {
    const [path, body] =
      action.do === 'configure'
        ? (['/v1/backup/settings', action.settings] as const)
        : (['/v1/backup', action.order] as const);
    try {
      const answer = await probe(action.to).order(path, body);
      if (action.do !== 'backup' || !answer.accepted) return;
      const note = `${action.order.type} backup ${action.order.id} on ${action.to}`;
      context.events.record(about, { type: 'Normal', reason: 'BackupStarted', action: 'Backup', note });
    } catch (error) {
      context.log.debug({ to: action.to, path, error: String(error) }, 'not delivered');
    }
  };
  return {
    send: (actions, about) => {
      if (!context.isLeader()) return;
      for (const action of actions) {
        if (isDue(JSON.stringify([action.do, action.to]))) void deliver(action, about);
      }
    },
  };
}
