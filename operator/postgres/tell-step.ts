// A step that the register took, for people: in the log and as an event.
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import type { Action, Ballot } from './observed.ts';
import type { Quorum } from './quorum.ts';
import type { PostgresSet } from './resource.ts';

export function tellStep(
  context: ControllerContext,
  before: PostgresSet,
  { ballot, quorum }: Extract<Action, { do: 'write' }>,
  about: KubeObject,
): void {
  // A step of the quorum leaves the ballot as it is.
  if (quorum.version > (before.status?.quorum?.version ?? 0)) tellQuorum(context, quorum, about);
  else tellBallot(context, ballot, about);
}

function tellQuorum({ log, events }: ControllerContext, quorum: Quorum, about: KubeObject): void {
  log.info({ ...quorum }, 'register: quorum');
  const { votes, voters, acks, acknowledgers } = quorum;
  const note = `${votes} of ${voters.join(' ')} elect, ${acks} of ${acknowledgers.join(' ')} acknowledge`;
  events.record(about, { type: 'Normal', reason: 'QuorumChanged', action: 'Scaling', note });
}

function tellBallot({ log, events }: ControllerContext, ballot: Ballot, about: KubeObject): void {
  const { stage, term, primary, cause } = ballot;
  log.info({ ...ballot }, `register: ${stage}`);
  const note = `term ${term}: ${stage}${primary === null ? '' : ` ${primary}`}, ${cause ?? ''}`;
  const type = stage === 'electing' ? 'Warning' : 'Normal';
  const reason = `Primary${stage.charAt(0).toUpperCase()}${stage.slice(1)}`;
  events.record(about, { type, reason, action: 'Failover', note });
}
