// The things of the model: three agents with an abstract log, two operators, messages, and the register.
import type { Leave } from '../../../../operator/agent/plan.ts';
import type { AgentStatus, Command, Vote } from '../../../../operator/agent/protocol.ts';
import { NOTHING_PROMISED } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import type { Ballot } from '../../../../operator/postgres/observed.ts';

/** A rule that is broken on purpose, to prove that the checks would notice. */
export type Mutant = 'none' | 'oneVoteSuffices' | 'voteBelowEndOfWal' | 'reloadOnlyFreeze';

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
  leave: Leave;
  vote: Vote | null;
  up: boolean;
  servingTerm: number;
}

export interface Operator {
  readonly seen: Map<string, AgentStatus>;
  register: Register;
}

export interface Register {
  readonly version: number;
  readonly ballot: Ballot | null;
  readonly systemId: string | null;
}

interface Message {
  readonly to: string;
  readonly command: Command;
}

export interface World {
  readonly mutant: Mutant;
  readonly agents: readonly Agent[];
  readonly operators: readonly Operator[];
  readonly mail: Message[];
  register: Register;
  /** Ids whose commit a client was told of, in order, with the term of the primary that told it. */
  readonly acknowledged: Entry[];
  readonly open: { readonly primary: string; readonly entry: Entry; readonly at: number }[];
  nextId: number;
}

export const NAMES = ['pg-0', 'pg-1', 'pg-2'];
export const SYSTEM = '1';
export const lsn = (position: number): string => `0/${position.toString(16).toUpperCase()}`;

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
    handedOver: false,
    ...{ vote: null, up: true, servingTerm: 0 },
  };
}

export function createWorld(mutant: Mutant): World {
  const register: Register = { version: 0, ballot: null, systemId: null };
  const createOperator = (): Operator => ({ seen: new Map(), register });
  return {
    mutant,
    agents: NAMES.map(createAgent),
    operators: [createOperator(), createOperator()],
    ...{ mail: [], register, acknowledged: [], open: [], nextId: 1 },
  };
}

export function agentOf(world: World, name: string | null): Agent | undefined {
  return world.agents.find((agent) => agent.name === name);
}
