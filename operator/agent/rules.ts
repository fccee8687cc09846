// What an agent may promise: the half of the ballot that lives on the members, as pure functions. Nothing here
// looks at Postgres or the clock, so the model checker runs exactly these rules.
import { newerRule } from './commit-rule.ts';
import type { CommitRule } from './commit-rule.ts';
import { extendLineage } from './lineage.ts';
import type { Lineage } from './lineage.ts';
import type { Command, DataState, FollowCommand, Fork, Role } from './protocol.ts';

/** What is on the volume, written and synced before anything is done about it. */
export interface PromiseRecord {
  /** The newest term this member has promised; commands of older terms are refused for ever. */
  readonly term: number;
  readonly role: Role;
  readonly primary: string | null;
  /** Where it was when the operator last said; null: it has not said. */
  readonly primaryAddress: string | null;
  readonly systemId: string | null;
  readonly data: DataState;
  /** Of the log on the volume, or of its source (clip it by the end of the log). */
  readonly lineage: Lineage;
  /** The term in which Postgres last wrote here as a primary; null once rewound or cloned. */
  readonly wroteTerm: number | null;
  /** Set by follow until the log here is known to be a beginning of the primary's. */
  readonly pending: Pending | null;
  /** Of data that is forked, or was until a rewind or clone of it began. */
  readonly fork: Fork | null;
  /** Who must acknowledge commits here; null: as the environment says. */
  readonly rule: CommitRule | null;
}

export interface Pending {
  readonly lineage: Lineage;
  readonly mayReplaceData: boolean;
}

export const NOTHING_PROMISED: PromiseRecord = {
  term: 0,
  role: 'none',
  primary: null,
  primaryAddress: null,
  systemId: null,
  data: 'empty',
  lineage: [],
  wroteTerm: null,
  pending: null,
  fork: null,
  rule: null,
};

export type Answer =
  | { readonly accepted: true; readonly next: PromiseRecord }
  | { readonly accepted: false; readonly reason: string };

/** Facts about this moment that the promise depends on. */
export interface Facts {
  /** End of the local log when it is known to be replayed to its end; null otherwise. */
  readonly voteLsn: string | null;
}

/** The promise after `command`, or why it is refused. Repeating a command that was accepted changes nothing. */
export function obey(record: PromiseRecord, command: Command, facts: Facts): Answer {
  if (command.term < record.term) {
    return refuse(`term ${command.term} is older than the promised ${record.term}`);
  }
  switch (command.kind) {
    case 'bootstrap':
      return bootstrap(record, command.term);
    case 'freeze':
      return freeze(record, command.term);
    case 'promote':
      return promote(withRule(record, command.rule), command.term, facts);
    case 'follow':
      return follow(withRule(record, command.rule), command);
    case 'require':
      return onlyPrimaryOf(withRule(record, command.rule), command.term);
    case 'start':
    case 'stop':
      return onlyPrimaryOf(record, command.term);
  }
}

/** Never back to an older one: commands may come late. */
function withRule(record: PromiseRecord, said: CommitRule | undefined): PromiseRecord {
  const rule = newerRule(record.rule, said);
  return rule === record.rule ? record : { ...record, rule };
}

function refuse(reason: string): Answer {
  return { accepted: false, reason };
}

function accept(next: PromiseRecord): Answer {
  return { accepted: true, next };
}

function bootstrap(record: PromiseRecord, term: number): Answer {
  if (record.role === 'primary' && record.term === term) return accept(record);
  if (record.term !== 0 || record.data !== 'empty') return refuse('not an empty, unpromised volume');
  const lineage = [{ term, startLsn: '0/0' }];
  return accept({ ...record, term, role: 'primary', data: 'torn', lineage, wroteTerm: term });
}

function freeze(record: PromiseRecord, term: number): Answer {
  if (record.term < term) return accept({ ...record, term, role: 'frozen', primary: null, pending: null });
  if (record.role === 'frozen') return accept(record);
  // A late copy must not cut a standby off the primary that this very term elected.
  return refuse(`term ${term} is already decided here: ${record.role}`);
}

function promote(record: PromiseRecord, term: number, facts: Facts): Answer {
  if (record.role === 'primary' && record.term === term) return accept(record);
  if (record.role !== 'frozen' || record.term !== term) return refuse(`not frozen for term ${term}`);
  if (record.data !== 'whole') return refuse(`data is ${record.data}`);
  const next: PromiseRecord = { ...record, role: 'primary', wroteTerm: term };
  // A former primary is elected with its whole log: where its new term begins is known once it runs.
  if (record.wroteTerm !== null) return accept(next);
  if (facts.voteLsn === null) return refuse('end of the local WAL not reached');
  return accept({ ...next, lineage: extendLineage(record.lineage, { term, startLsn: facts.voteLsn }) });
}

function follow(record: PromiseRecord, command: FollowCommand): Answer {
  const { term, primary, systemId } = command;
  if (record.term === term && record.role === 'primary') return refuse(`primary of term ${term} itself`);
  if (record.term === term && record.role === 'standby') {
    if (record.primary !== primary) return refuse(`term ${term} belongs to another than ${primary}`);
    // Already following, nothing left to compare or to copy.
    if (!record.pending && record.data === 'whole') return accept(at(record, command.address));
  }
  const pending = { lineage: command.lineage, mayReplaceData: command.mayReplaceData };
  const data = dataFor(record, systemId);
  const next: PromiseRecord = { ...record, term, role: 'standby', primary, systemId, data, pending };
  return accept(at(next, command.address));
}

function at(record: PromiseRecord, address: string | null = null): PromiseRecord {
  return record.primaryAddress === address ? record : { ...record, primaryAddress: address };
}

function dataFor({ data, systemId }: PromiseRecord, wanted: string): DataState {
  return data === 'whole' && systemId !== wanted ? 'foreign' : data;
}

function onlyPrimaryOf(record: PromiseRecord, term: number): Answer {
  if (record.role === 'primary' && record.term === term) return accept(record);
  return refuse(`not the primary of term ${term}`);
}
