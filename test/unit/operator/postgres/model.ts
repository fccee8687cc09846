// The whole ballot in memory: three or five agents and two operators, made of the very rules that run in production (obey,
// plan, decide, relate), over an abstract log. A schedule of random numbers decides which message arrives, is lost,
// repeated or late, who crashes and who writes. What must never happen is checked after every step.
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { Action, MemberView, Observed } from '../../../../operator/postgres/observed.ts';
import { stableQuorum } from '../../../../operator/postgres/quorum.ts';
import type { Quorum } from '../../../../operator/postgres/quorum.ts';
import { deliver, work } from './model-agent.ts';
import { clientWrites, crashPod, endPostgres, replicate } from './model-postgres.ts';
import { agentOf, FIRST_RULE, FIVE, lsn, THREE } from './model-world.ts';
import type { Agent, Operator, World } from './model-world.ts';

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** One step of the schedule: `kind` picks what happens, `pick` to whom. */
export function advance(world: World, kind: number, pick: number): void {
  const agent = at(world.agents, pick);
  const operator = at(world.operators, pick);
  if (!agent || !operator) return;
  if (kind < 16) report(world, operator, agent);
  else if (kind < 30) passOf(world, operator, pick);
  else if (kind < 44) deliver(world, pick);
  else if (kind < 62) work(world, agent);
  else if (kind < 80) for (let i = 0; i < 3; i += 1) replicate(world, agent);
  else if (kind < 91) clientWrites(world, agent);
  else fault(world, agent, operator, kind);
}

function shuffle(world: World): void {
  world.mail.reverse();
  if (world.agents.length > 3) world.wanted = world.wanted === THREE ? FIVE : THREE;
}

function fault(world: World, agent: Agent, operator: Operator, kind: number): void {
  if (kind === 91) world.wish = { to: agent.name, id: `${agent.name}/${world.nextId}` };
  else if (kind === 92) world.mail.splice(0, 1);
  else if (kind === 93 && world.mail[0]) world.mail.push(world.mail[0]);
  else if (kind === 94) endPostgres(world, agent, false);
  else if (kind === 95) crashPod(world, agent);
  else if (kind === 96) agent.up = !agent.up;
  else if (kind === 97) operator.seen.clear();
  else if (kind === 98) endPostgres(world, agent, true);
  else shuffle(world);
}

function report(world: World, operator: Operator, agent: Agent): void {
  if (agent.up) operator.seen.set(agent.name, statusOf(world, agent));
  else operator.seen.delete(agent.name);
  operator.register = world.register;
}

function statusOf(world: World, agent: Agent): AgentStatus {
  const { record, proven } = agent;
  return {
    ...{ name: agent.name, bootId: '', term: record.term, role: record.role, primary: record.primary },
    ...{
      systemId: record.systemId,
      data: record.data,
      lineage: record.lineage,
      pending: record.pending !== null,
    },
    ...{ postgres: agent.alive ? 'running' : 'stopped', crashed: false, writable: agent.writable },
    ...{ lsn: lsn(agent.log.length), replayLsn: lsn(agent.replayed), streaming: agent.receiving },
    ...{ vote: agent.vote, servingTerm: agent.servingTerm, commitAgeMs: 0, sqlAgeMs: 0 },
    standbys: [...agent.senders.keys()].map((name) => ({
      ...{ name, state: 'streaming', flushLsn: lsn(agentOf(world, name)?.log.length ?? 0), lagBytes: 0 },
    })),
    rule: {
      promised: record.rule ?? FIRST_RULE,
      inForce: agent.inForce.rule.version,
      proven: proven?.term === record.term ? proven.version : -1,
    },
    ...{
      terminating: false,
      task: null,
      lastError: record.pending ? 'waiting' : null,
      rejoin: null,
      fork: null,
      backup: null,
      passwords: null,
      disk: null,
    },
  };
}

function passOf(world: World, operator: Operator, pick: number): void {
  const decision = decide(observe(world, operator, pick));
  for (const action of decision.actions) act(world, operator, action);
}

function observe(world: World, operator: Operator, pick: number): Observed {
  const { ballot, systemId, quorum } = operator.register;
  const names = quorum.voters.length > world.wanted.length ? quorum.voters : world.wanted;
  const members = names.map((name): MemberView => {
    const status = mutated(world, operator.seen.get(name) ?? null, quorum);
    const contact = status ? 'up' : 'silent';
    return {
      name,
      contact,
      address: null,
      silentMs: 0,
      walStillMs: 9999,
      streamingMs: 0,
      leaving: false,
      outdated: false,
      status,
    };
  });
  const first = members.find(({ status }) => status?.vote?.term === ballot?.term);
  const reckless = world.mutant === 'oneVoteSuffices' && first && ballot;
  return {
    ...{ members, ballot, systemId, paused: false },
    ...{ switchover: world.wish, switchoverDone: operator.register.switchoverDone },
    ...{ readers: [], wanted: world.wanted, quorum, quorumMs: pick % 5 === 0 ? 20_000 : 0 },
    restore: null,
    forks: [],
    allowDataLoss: reckless ? { term: ballot.term, member: first.name } : null,
    ...{ stageMs: pick % 5 === 0 ? 20_000 : 0, now: '' },
  };
}

function mutated(world: World, status: AgentStatus | null, { version }: Quorum): AgentStatus | null {
  if (world.mutant !== 'ruleUnproven' || !status?.rule) return status;
  return { ...status, rule: { ...status.rule, inForce: version, proven: version } };
}

function act(world: World, operator: Operator, action: Action): void {
  if (action.do === 'send') {
    if (world.mail.length < 40) world.mail.push({ to: action.to, command: action.command });
    return;
  }
  if (action.do !== 'write') return;
  // The conditional update: lost when somebody else wrote since this operator read.
  if (operator.register.version === world.register.version) {
    const { ballot, systemId, switchoverDone } = action;
    const isStep = action.quorum.version > world.register.quorum.version;
    const isAtOnce = world.mutant === 'votersAtOnce' && isStep;
    const quorum = isAtOnce ? stableQuorum(world.wanted, action.quorum.version) : action.quorum;
    world.register = { version: world.register.version + 1, ballot, systemId, quorum, switchoverDone };
  }
  operator.register = world.register;
}

/** Throws when an acknowledged commit is missing where it must be, or when two primaries could both acknowledge. */
export function check(world: World): void {
  const { ballot } = world.register;
  const primary = agentOf(world, ballot?.stage === 'serving' ? ballot.primary : null);
  if (!primary || primary.servingTerm !== ballot?.term || primary.record.term !== ballot.term) return;
  const held = new Set(primary.log.map(({ id }) => id));
  const missing = world.acknowledged.filter(({ id }) => !held.has(id));
  if (missing.length > 0) {
    throw new Error(`acknowledged and lost: ${missing.map(({ id }) => id).join(', ')}`);
  }
}

/** For an operator's pass: all limits of time are over, or none is. */
const LATE = 0;
const IN_TIME = 1;
/** Enough rounds for whatever is under way. */
const LATE_ROUNDS = 150;

/** Everything reachable, everything delivered, until the set serves. */
export function heal(world: World): void {
  for (const agent of world.agents) agent.up = true;
  for (let round = 0; round < 400; round += 1) {
    roundOf(world, FIVE, round % LATE_ROUNDS === LATE_ROUNDS - 1 ? LATE : IN_TIME);
    check(world);
  }
}

/**
 * Everybody reports, one operator decides, all mail arrives, everybody works; `receiving` also get a record. `pick` says
 * how late it is, as in a schedule.
 */
export function roundOf(world: World, receiving = FIVE, pick = IN_TIME): void {
  const [operator] = world.operators;
  if (!operator) return;
  for (const agent of world.agents) report(world, operator, agent);
  passOf(world, operator, pick);
  for (let mail = world.mail.length; mail > 0; mail -= 1) deliver(world, 0);
  for (const agent of world.agents) {
    work(world, agent);
    if (receiving.includes(agent.name)) replicate(world, agent);
  }
}
