// Postgres itself, as far as the model needs it: a log that travels record by record, and commits that are
// acknowledged once a standby holds them.
import { agentOf } from './model-world.ts';
import type { Agent, World } from './model-world.ts';

export function crashPod(world: World, agent: Agent): void {
  endPostgres(world, agent, false);
  agent.leave = 'wait';
  agent.handedOver = false;
  agent.vote = null;
  agent.servingTerm = 0;
}

export function endPostgres(world: World, agent: Agent, clean: boolean): void {
  if (agent.alive && agent.writable && clean) agent.log.push({ term: 0, id: 0 });
  if (agent.alive) agent.clean = clean || !agent.writable;
  agent.alive = false;
  agent.writable = false;
  agent.promoting = false;
  agent.receiving = false;
  agent.senders.clear();
  agent.beat = null;
  // Sessions end without an answer: whether their commits survive is not known to anybody.
  for (const one of world.open.filter(({ primary }) => primary === agent.name)) {
    world.open.splice(world.open.indexOf(one), 1);
  }
}

/** One record travels; a commit whose record a standby then holds is acknowledged to its client. */
export function replicate(world: World, agent: Agent): void {
  const source = agentOf(world, agent.upstream) ?? (agent.receiving ? sourceOf(world, agent) : undefined);
  if (!agent.alive || agent.writable || !agent.up || !isServer(source)) {
    disconnect(world, agent);
    return;
  }
  const isSameLog = agent.log.every((entry, index) => source.log[index] === entry);
  if (!isSameLog) {
    sendAway(world, agent, source);
    return;
  }
  connect(world, agent, source);
  const next = source.log[agent.log.length];
  if (next) agent.log.push(next);
  acknowledge(world, source, agent.name);
}

/** One that missed elections: Postgres itself finds its position on no timeline of the source. Nobody else comes to that. */
function sendAway(world: World, agent: Agent, source: Agent): void {
  if (agent.dialsFor === source.record.term) {
    throw new Error(`${agent.name} streams from ${source.name}, but their logs differ`);
  }
  disconnect(world, agent);
}

/** A new walsender begins with what its server goes by then. */
function connect(world: World, agent: Agent, source: Agent): void {
  if (agent.receiving && source.senders.has(agent.name)) return;
  disconnect(world, agent);
  agent.receiving = true;
  source.senders.set(agent.name, { ...source.inForce, dialledFor: agent.dialsFor });
}

export function disconnect(world: World, agent: Agent): void {
  agent.receiving = false;
  for (const other of world.agents) other.senders.delete(agent.name);
}

export function isServer(source: Agent | undefined): source is Agent {
  return source?.alive === true && source.writable && source.up;
}

/** With the reload-only freeze, a receiver lives on although no upstream is configured. */
export function sourceOf(world: World, agent: Agent): Agent | undefined {
  return world.agents.find((other) => other !== agent && other.alive && other.writable);
}

function proveBeat(source: Agent, flushed: number): void {
  const { beat, record } = source;
  if (!beat || !source.settled || record.role !== 'primary' || flushed < beat.at) return;
  source.servingTerm = record.term;
  source.proven = { term: record.term, version: beat.version };
}

export function clientWrites(world: World, agent: Agent): void {
  if (!agent.alive || !agent.writable || !agent.up) return;
  const entry = { term: agent.record.term, id: world.nextId };
  world.nextId += 1;
  agent.log.push(entry);
  world.open.push({ primary: agent.name, entry, at: agent.log.length });
}

/** The walsender of `standby` heard from it: what enough others hold too, by its own rule, is acknowledged. */
function acknowledge(world: World, source: Agent, standby: string): void {
  const isCounted = (name: string): boolean => {
    const sender = source.senders.get(name);
    if (!sender?.rule.members.includes(name)) return false;
    return sender.dialledFor === sender.term || world.mutant === 'anyTermAcknowledges';
  };
  const rule = source.senders.get(standby)?.rule;
  if (!rule || !isCounted(standby)) return;
  const held = world.agents
    .filter(({ name }) => name !== source.name && isCounted(name))
    .map(({ log }) => log.length)
    .sort((a, b) => b - a);
  const flushed = held[rule.acks - 1] ?? 0;
  proveBeat(source, flushed);
  for (const one of world.open.filter(({ primary, at: end }) => primary === source.name && end <= flushed)) {
    world.open.splice(world.open.indexOf(one), 1);
    world.acknowledged.push(one.entry);
  }
}
