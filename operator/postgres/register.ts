// What decide() needs from the resource itself.
import type { KubeObject } from '../runtime/api.ts';
import { restoreOf } from './backup/backup-spec.ts';
import type { Observed } from './observed.ts';
import { quorumOfSet, wantedNames } from './resource.ts';
import type { PostgresSet } from './resource.ts';

type Register = Omit<Observed, 'members' | 'readers' | 'stageMs' | 'quorumMs' | 'now'>;

export function registerOf(set: PostgresSet): Register {
  const { spec, status = {}, metadata } = set;
  const { ballot = null, systemId = null, switchoverDone = null, forks = [] } = status;
  return {
    ...{ ballot, systemId, switchoverDone, forks },
    wanted: wantedNames(spec),
    quorum: quorumOfSet(set),
    paused: spec.paused === true,
    switchover: spec.switchover ?? null,
    restore: spec.restore ? restoreOf(spec.restore) : null,
    allowDataLoss: parseOverride(metadata.annotations?.['quorum.dev/allow-data-loss']),
  };
}

/** "term=5,pod=pg-1" */
function parseOverride(text: string | undefined): Observed['allowDataLoss'] {
  const match = /^term=(\d+),pod=([-a-z0-9]+)$/.exec(text ?? '');
  return match ? { term: Number(match[1]), member: match[2] ?? '' } : null;
}

const REVISION_LABEL = 'controller-revision-hash';

/** Whether a pod was made from an older template; unknown counts as no. */
export function isOutdated(pod: KubeObject | undefined, newest: string | undefined): boolean {
  const revision = pod?.metadata.labels?.[REVISION_LABEL];
  return revision !== undefined && newest !== undefined && revision !== newest;
}
