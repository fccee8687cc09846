// The things of the model: agents with an abstract log, two operators, messages, and the register.
import type { Leave } from '../../../../operator/agent/plan.ts';
import type { CommitRule, RuleOfTerm } from '../../../../operator/agent/commit-rule.ts';
import type { AgentStatus, Command, Vote } from '../../../../operator/agent/protocol.ts';
import { NOTHING_PROMISED } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import type { Ballot, Observed } from '../../../../operator/postgres/observed.ts';
import { stableQuorum } from '../../../../operator/postgres/quorum.ts';
import type { Quorum } from '../../../../operator/postgres/quorum.ts';

/** A rule that is broken on purpose, to prove that the checks would notice. */
export type Mutant =
  | 'none'
  | 'oneVoteSuffices'
  | 'voteBelowEndOfWal'
  | 'reloadOnlyFreeze'
  /** New voters are recorded before commits need more acknowledgements. */
  | 'votersAtOnce'
  /** A commit rule counts as soon as it was sent, not once a commit was acknowledged under it. */
  | 'ruleUnproven'
  /** Walsenders that were there before go on by the old commit rule. */
  | 'ruleByReloadOnly'
  /** Who missed an election acknowledges commits of the term that it has not promised. */
  | 'anyTermAcknowledges';

export interface Entry {
  readonly term: number;
  readonly id: number;
}

export interface Agent {
  readonly name: string;
  record: PromiseRecord;
  log: Entry[];
  replayed: number;
  alive: boolean;
  writable: boolean;
  promoting: boolean;
  upstream: string | null;
  receiving: boolean;
  signal: boolean;
  settled: boolean;
  clean: boolean;
  handedOver: boolean;
  startedTerm: number;
  leave: Leave;
  vote: Vote | null;
  up: boolean;
  servingTerm: number;
  /** What its Postgres began with, or was brought to. */
  inForce: RuleOfTerm;
  /** The term in the name that it receives WAL under. */
  dialsFor: number;
  /** By standby, while it is connected: what its walsender goes by, and the term in the name it dialled with. */
  readonly senders: Map<string, RuleOfTerm & { readonly dialledFor: number }>;
  /** A commit of its own that waits: where it ends, and the rule that was in force before it began. */
  beat: { readonly at: number; readonly version: number } | null;
  proven: { readonly term: number; readonly version: number } | null;
}

export interface Operator {
  readonly seen: Map<string, AgentStatus>;
  register: Register;
}

export interface Register {
  readonly version: number;
  readonly ballot: Ballot | null;
  readonly systemId: string | null;
  readonly quorum: Quorum;
  readonly switchoverDone: string | null;
}

interface Message {
  readonly to: string;
  readonly command: Command;
}

export interface World {
  readonly mutant: Mutant;
  /** The members that shall vote; changed at any time when there are agents for more. */
  wanted: readonly string[];
  readonly agents: readonly Agent[];
  readonly operators: readonly Operator[];
  readonly mail: Message[];
  register: Register;
  /** Ids whose commit a client was told of, in order, with the term of the primary that told it. */
  readonly acknowledged: Entry[];
  readonly open: { readonly primary: string; readonly entry: Entry; readonly at: number }[];
  nextId: number;
  /** A switchover that somebody asked for. */
  wish: Observed['switchover'];
}

export const THREE = ['pg-0', 'pg-1', 'pg-2'];
export const FIVE = [...THREE, 'pg-3', 'pg-4'];
export const SYSTEM = '1';
export const lsn = (position: number): string => `0/${position.toString(16).toUpperCase()}`;

export const FIRST_RULE: CommitRule = { version: 0, members: THREE, acks: 1 };

export function createAgent(name: string): Agent {
  return {
    ...{
      name,
      record: NOTHING_PROMISED,
      log: [],
      replayed: 0,
      alive: false,
      writable: false,
      promoting: false,
    },
    ...{ upstream: null, receiving: false, signal: false, settled: false, clean: true, leave: 'wait' },
    ...{ handedOver: false, startedTerm: 0 },
    ...{ vote: null, up: true, servingTerm: 0, beat: null, proven: null, senders: new Map() },
    ...{ inForce: { rule: FIRST_RULE, term: 0 }, dialsFor: 0 },
  };
}

export function createWorld(mutant: Mutant, names = THREE): World {
  const register: Register = {
    ...{ version: 0, ballot: null, systemId: null },
    quorum: stableQuorum(THREE, 0),
    switchoverDone: null,
  };
  const createOperator = (): Operator => ({ seen: new Map(), register });
  return {
    mutant,
    wanted: THREE,
    agents: names.map(createAgent),
    operators: [createOperator(), createOperator()],
    ...{ mail: [], register, acknowledged: [], open: [], nextId: 1, wish: null },
  };
}

export function agentOf(world: World, name: string | null): Agent | undefined {
  return world.agents.find((agent) => agent.name === name);
}
