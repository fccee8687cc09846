// What decide() needs from the resource itself.
import type { Observed } from './observed.ts';
import type { PostgresSet } from './resource.ts';

type Register = Omit<Observed, 'members' | 'stageMs' | 'now'>;

export function registerOf({ spec, status = {}, metadata }: PostgresSet): Register {
  const { ballot = null, systemId = null, switchoverDone = null } = status;
  return {
    ...{ ballot, systemId, switchoverDone },
    paused: spec.paused === true,
    switchover: spec.switchover ?? null,
    allowDataLoss: parseOverride(metadata.annotations?.['quorum.dev/allow-data-loss']),
  };
}

/** "term=5,pod=pg-1" */
function parseOverride(text: string | undefined): Observed['allowDataLoss'] {
  const match = /^term=(\d+),pod=([-a-z0-9]+)$/.exec(text ?? '');
  return match ? { term: Number(match[1]), member: match[2] ?? '' } : null;
}
