// A member of the model: the production rules of the agent over an abstract Postgres.
import { isSameRule } from '../../../../operator/agent/commit-rule.ts';
import type { RuleOfTerm } from '../../../../operator/agent/commit-rule.ts';
import { extendLineage, logTerm, lossOfStopped, relate } from '../../../../operator/agent/lineage.ts';
import { plan } from '../../../../operator/agent/plan.ts';
import type { Local, Step } from '../../../../operator/agent/plan.ts';
import type { Command } from '../../../../operator/agent/protocol.ts';
import { obey } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import { disconnect, endPostgres } from './model-postgres.ts';
import { agentOf, FIRST_RULE, lsn, SYSTEM } from './model-world.ts';
import type { Agent, World } from './model-world.ts';

export function deliver(world: World, pick: number): void {
  const index = pick % Math.max(1, world.mail.length);
  const [message] = world.mail.splice(index, 1);
  if (!message) return;
  const agent = agentOf(world, message.to);
  if (agent?.up) receive(agent, message.command);
}

function receive(agent: Agent, command: Command): void {
  const answer = obey(agent.record, command, { voteLsn: agent.vote?.lsn ?? null });
  if (!answer.accepted) return;
  if (answer.next !== agent.record) entered(agent, command, answer.next);
  if (command.kind === 'stop') agent.leave = 'stop';
  if (['start', 'promote', 'bootstrap'].includes(command.kind)) agent.leave = 'run';
}

function entered(agent: Agent, command: Command, next: PromiseRecord): void {
  agent.record = next;
  if (command.kind !== 'promote') agent.vote = null;
  if (next.role !== 'primary') agent.leave = 'wait';
}

function localOf(world: World, agent: Agent): Local {
  const isAtEnd = agent.replayed === agent.log.length || world.mutant === 'voteBelowEndOfWal';
  return {
    alive: agent.alive,
    inRecovery: agent.alive ? !agent.writable : null,
    atEndOfWal: isAtEnd && !agent.receiving,
    hasWalReceiver: agent.receiving && world.mutant !== 'reloadOnlyFreeze',
    standbySignal: agent.signal,
    upstream: agent.alive ? agent.upstream : null,
    settled: agent.settled,
    ruleInForce: isSameRule(agent.inForce, promisedRule(agent)),
    controlState: agent.alive ? null : agent.clean ? 'shut down' : 'in production',
    ...{ failedStarts: 0, handedOver: agent.handedOver, diskFull: false },
    ...{ outrun: false, clonePauses: false },
    startedForTerm: agent.startedTerm === agent.record.term,
  };
}

function promisedRule({ record }: Agent): RuleOfTerm {
  return { rule: record.rule ?? FIRST_RULE, term: record.term };
}

export function work(world: World, agent: Agent): void {
  if (agent.alive && !agent.writable && agent.replayed < agent.log.length) agent.replayed += 1;
  giveVote(world, agent);
  perform(world, agent, plan(agent.record, localOf(world, agent), agent.leave));
}

function giveVote(world: World, agent: Agent): void {
  const { record } = agent;
  if (record.role !== 'frozen' || record.data !== 'whole' || agent.vote?.term === record.term) return;
  if (record.wroteTerm === null) voteRunning(world, agent);
  else if (!agent.alive) {
    const { term, wroteTerm } = record;
    agent.vote = { term, logTerm: wroteTerm, lsn: lsn(agent.log.length), complete: true };
  }
}

function voteRunning(world: World, agent: Agent): void {
  const local = localOf(world, agent);
  if (!local.alive || local.upstream !== null || local.hasWalReceiver) return;
  if (!local.atEndOfWal && world.mutant !== 'reloadOnlyFreeze') return;
  const position = lsn(agent.replayed);
  const { term, lineage } = agent.record;
  agent.vote = { term, logTerm: logTerm(lineage, position), lsn: position, complete: false };
}

type Performer<Kind extends Step['do']> = (
  world: World,
  agent: Agent,
  step: Extract<Step, { do: Kind }>,
) => void;

const performers: { readonly [Kind in Step['do']]: Performer<Kind> } = {
  nothing: () => undefined,
  forked: () => {
    throw new Error('nobody promotes by hand in the model');
  },
  replaceFork: () => undefined,
  giveUp: () => undefined,
  initdb: (_world, agent) => {
    Object.assign(agent, { log: [], signal: false, clean: true });
    agent.record = { ...agent.record, data: 'whole', systemId: SYSTEM };
  },
  kill: (world, agent) => endPostgres(world, agent, false),
  handOver: (world, agent) => {
    endPostgres(world, agent, false);
    agent.handedOver = true;
  },
  start: (_world, agent, step) => startPostgres(agent, step.as === 'primary', step.upstream),
  setUpstream: (world, agent, step) => {
    agent.upstream = step.upstream;
    dialAnew(world, agent);
    if (step.upstream === null && world.mutant !== 'reloadOnlyFreeze') disconnect(world, agent);
  },
  killWalReceiver: (world, agent) => disconnect(world, agent),
  applyRule: (world, agent) => applyRule(world, agent),
  beginTerm: (_world, agent) => beginTerm(agent),
  promote: (_world, agent) => finishPromotion(agent),
  settle: (_world, agent) => settle(agent),
  compare: (world, agent) => compare(world, agent),
  compareStopped: (world, agent) => compareStopped(world, agent),
  clone: (world, agent, step) => copyFrom(world, agent, step.from),
};

function perform(world: World, agent: Agent, step: Step): void {
  performers[step.do](world, agent, step as never);
}

function startPostgres(agent: Agent, asPrimary: boolean, upstream: string | null): void {
  agent.alive = true;
  agent.startedTerm = agent.record.term;
  agent.settled = false;
  agent.signal = !asPrimary;
  agent.upstream = upstream;
  agent.replayed = asPrimary ? agent.log.length : Math.floor(agent.log.length / 2);
  agent.writable = asPrimary;
  if (asPrimary) agent.handedOver = false;
  agent.inForce = promisedRule(agent);
  agent.dialsFor = agent.record.term;
  // Crash recovery ends with a checkpoint record of its own.
  if (asPrimary && !agent.clean) agent.log.push({ term: 0, id: 0 });
}

function applyRule(world: World, agent: Agent): void {
  agent.inForce = promisedRule(agent);
  dialAnew(world, agent);
  if (world.mutant !== 'ruleByReloadOnly') agent.senders.clear();
  if (agent.settled) agent.beat = { at: agent.log.length, version: agent.inForce.rule.version };
}

/** A receiver whose name has changed ends. */
function dialAnew(world: World, agent: Agent): void {
  if (agent.dialsFor !== agent.record.term && world.mutant !== 'reloadOnlyFreeze') disconnect(world, agent);
  agent.dialsFor = agent.record.term;
}

function beginTerm(agent: Agent): void {
  // Crash recovery ends with a checkpoint record of its own.
  if (!agent.alive && !agent.clean) agent.log.push({ term: 0, id: 0 });
  agent.clean = true;
  const { term, lineage } = agent.record;
  const startLsn = lsn(agent.alive ? agent.replayed : Math.max(0, agent.log.length - 1));
  agent.record = { ...agent.record, lineage: extendLineage(lineage, { term, startLsn }) };
}

function finishPromotion(agent: Agent): void {
  agent.replayed = agent.log.length;
  agent.writable = true;
  agent.signal = false;
  agent.log.push({ term: 0, id: 0 });
}

function settle(agent: Agent): void {
  agent.settled = true;
  agent.beat = { at: agent.log.length, version: agent.inForce.rule.version };
}

function compare(world: World, agent: Agent): void {
  const { record } = agent;
  if (!record.pending) return;
  const relation = relate(record.lineage, lsn(agent.replayed), record.pending.lineage);
  if (relation.kind === 'prefix') adopt(agent);
  else if (relation.kind === 'diverged' && relation.rewindable) copyFrom(world, agent, record.primary);
  else if (record.pending.mayReplaceData) copyFrom(world, agent, record.primary);
}

function compareStopped(world: World, agent: Agent): void {
  const { record } = agent;
  if (!record.pending) return;
  agent.signal = false;
  if (!agent.clean) agent.log.push({ term: 0, id: 0 });
  agent.clean = true;
  const loss = lossOfStopped(record, lsn(Math.max(0, agent.log.length - 1)), record.pending.lineage);
  if (loss === null) {
    agent.signal = true;
    adopt(agent);
  } else if (loss.rewindable || record.pending.mayReplaceData) {
    copyFrom(world, agent, record.primary);
  }
}

/** Rewind and clone end alike: with the source's log. */
function copyFrom(world: World, agent: Agent, name: string | null): void {
  const source = agentOf(world, name);
  if (agent.alive) endPostgres(world, agent, true);
  if (!source?.alive || !source.writable || !source.up || !agent.up) return;
  agent.log = [...source.log];
  agent.signal = true;
  agent.clean = true;
  adopt(agent);
}

function adopt(agent: Agent): void {
  const { record } = agent;
  const lineage = record.pending?.lineage ?? record.lineage;
  agent.record = { ...record, data: 'whole', lineage, wroteTerm: null, pending: null };
  agent.handedOver = false;
}
