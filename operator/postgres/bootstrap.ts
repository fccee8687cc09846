// The first database of a set. It is made once, on the first member, and only while every member says that its
// volume is empty: a set whose resource was deleted and made again finds its data and elects a primary from it.
import { adoptQuorum } from './adopt-quorum.ts';
import { decision, send, write } from './actions.ts';
import { votersOf } from './ballot.ts';
import type { Ballot, Decision, Observed } from './observed.ts';

export function decideBootstrap(observed: Observed): Decision {
  const { ballot } = observed;
  return ballot ? continueBootstrap(observed, ballot) : beginBootstrap(observed);
}

function beginBootstrap(observed: Observed): Decision {
  const { now } = observed;
  const members = votersOf(observed);
  const withData = observed.members.filter(
    ({ status }) => status !== null && (status.data !== 'empty' || status.term > 0),
  );
  if (withData.length > 0) return adopt(observed);
  const missing = members.filter(({ contact, status }) => contact !== 'up' || status === null);
  const [first] = members;
  if (missing.length > 0 || !first) {
    const names = missing.map(({ name, contact }) => `${name} (${contact})`).join(', ');
    return pending(`waiting for every member before the first database is made: ${names}`);
  }
  const primary = first.name;
  const next: Ballot = {
    term: 1,
    stage: 'bootstrap',
    primary,
    from: null,
    cause: 'bootstrap',
    startedAt: now,
  };
  return decision('Bootstrapping', [write(observed, next, { systemId: null })]);
}

/** Data without a register: the newest promise of a majority tells how far the terms got. */
function adopt(observed: Observed): Decision {
  const heard = observed.members.filter(({ contact, status }) => contact === 'up' && status !== null);
  const quorum = adoptQuorum(observed);
  if (heard.filter(({ name }) => quorum.voters.includes(name)).length < quorum.votes) {
    return pending('members hold data: waiting for a majority of them');
  }
  const systemIds = new Set(heard.flatMap(({ status }) => status?.systemId ?? []));
  const [systemId] = systemIds;
  if (systemIds.size !== 1 || systemId === undefined) {
    return pending(`members hold data of ${systemIds.size} different systems: not touching any`);
  }
  const term = Math.max(...observed.members.map(({ status }) => status?.term ?? 0)) + 1;
  const ballot: Ballot = {
    term,
    stage: 'electing',
    primary: null,
    from: null,
    cause: 'data found without a record of its primary',
    startedAt: observed.now,
  };
  return decision('Electing', [write(observed, ballot, { systemId, quorum })]);
}

function continueBootstrap(observed: Observed, ballot: Ballot): Decision {
  const { term, primary } = ballot;
  const { restore } = observed;
  const status = observed.members.find(({ name, contact }) => name === primary && contact === 'up')?.status;
  if (!status) return decision('Bootstrapping', []);
  if (status.role !== 'primary' || status.term !== term || !status.writable) {
    return decision('Bootstrapping', [
      send(status.name, { kind: 'bootstrap', term, ...(restore && { restore }) }),
    ]);
  }
  const next: Ballot = { ...ballot, stage: 'promoting' };
  return decision('Bootstrapping', [write(observed, next, { systemId: status.systemId })]);
}

function pending(blocked: string): Decision {
  return decision('Pending', [], { blocked });
}
