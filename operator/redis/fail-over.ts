// Forces a failover through one Sentinel, choosing the Sentinel and the moment. After it has promoted a replica, a
// Sentinel names the new master only once that replica's next INFO confirms it, and INFO goes out one second after
// the last one. Asked when the last is some 600 ms old, the confirmation comes right after the promotion.
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeSilent, portOf } from './links.ts';
import type { NodeAddress } from './model.ts';
import { replicaAsKnown } from './known-replica.ts';
import type { ActionContext, Steps } from './tell.ts';

const acceptMs = 2_500;
const promotionMs = 4_000;
const pauseMs = 20;
/** From FAILOVER to REPLICAOF NO ONE a Sentinel needs three ticks of 50 to 100 ms. */
const leadMs = { least: 600, most: 720 } as const;

/**
 * Throws when no Sentinel accepted, or none named another master in time.
 * @param from whom they name until now. One that names another has failed over already: asked now, it would replace a
 * living master, and what that acknowledged since would be lost.
 */
export async function failOver(
  context: ActionContext,
  from: NodeAddress | undefined,
  target: NodeAddress,
): Promise<Steps> {
  const startMs = context.nowMs();
  const { sentinel, before } = await askForFailover(context, from, target);
  const askedMs = context.nowMs() - startMs;
  await promoted(context, sentinel, before);
  return { asked: askedMs, promoted: context.nowMs() - startMs - askedMs };
}

/**
 * One that took the question and has not answered in time may be failing over: a second one, asked as well, could choose
 * another member, and the Sentinels would name first the one and then the other.
 */
function unlessItMayHaveHeard(error: unknown): unknown {
  if (error instanceof NodeSilent && error.silence === 'mute') throw error;
  return error;
}

interface Candidate {
  readonly sentinel: NodeAddress;
  readonly answers: boolean;
  /** Age of what it knows about the target, in milliseconds; undefined when it knows nothing. */
  readonly infoAgeMs: number | undefined;
}

/** Until one Sentinel agrees: each needs up to a second to learn that a replica became eligible. */
async function askForFailover(
  context: ActionContext,
  from: NodeAddress | undefined,
  target: NodeAddress,
): Promise<{ sentinel: NodeAddress; before: string | undefined }> {
  const endMs = context.nowMs() + acceptMs;
  let refusal: unknown = 'none answered';
  do {
    for (const sentinel of await byTiming(context, target)) {
      const before = await masterAddress(context, sentinel).catch(() => undefined);
      if (before === target.address || (from !== undefined && before !== from.address)) {
        throw new Error(`redis/${sentinel.name}: names ${before ?? 'nobody'} already`);
      }
      refusal = await askOne(context, sentinel).catch(unlessItMayHaveHeard);
      if (refusal === undefined) return { sentinel, before };
    }
    await sleep(pauseMs * 5);
  } while (context.nowMs() < endMs);
  throw new Error(`redis/${target.name}: no Sentinel would promote it`, { cause: refusal });
}

async function askOne(context: ActionContext, sentinel: NodeAddress): Promise<unknown> {
  const command = ['sentinel', 'failover', context.set.masterName] as const;
  const [reply] = await context.links.ask(portOf('sentinel', sentinel), [command]);
  return reply === 'OK' ? undefined : reply;
}

/** The Sentinels that answer, the one whose INFO comes soonest after the promotion first. */
async function byTiming(context: ActionContext, target: NodeAddress): Promise<readonly NodeAddress[]> {
  const candidates = await Promise.all(
    context.set.sentinels.map((sentinel) => candidate(context, sentinel, target)),
  );
  const lateness = ({ infoAgeMs }: Candidate): number => {
    if (infoAgeMs === undefined) return Number.POSITIVE_INFINITY;
    return infoAgeMs <= leadMs.most ? leadMs.most - infoAgeMs : 1_000 + infoAgeMs;
  };
  return candidates
    .filter(({ answers }) => answers)
    .toSorted((a, b) => lateness(a) - lateness(b))
    .map(({ sentinel }) => sentinel);
}

async function candidate(
  context: ActionContext,
  sentinel: NodeAddress,
  target: NodeAddress,
): Promise<Candidate> {
  const { answers, known } = await replicaAsKnown(context, sentinel, target);
  const age = known?.get('info-refresh');
  return { sentinel, answers, infoAgeMs: age === undefined ? undefined : Number(age) };
}

/**
 * Waits (at most one period) until the right age is reached by what the first Sentinel that answers knows of the target.
 * The first, because clients ask them in this order, and the others hear of a new master a moment after the one that made it.
 * For planned switches.
 */
export async function rightMoment(context: ActionContext, target: NodeAddress): Promise<void> {
  const endMs = context.nowMs() + 1_100;
  while (context.nowMs() < endMs) {
    const candidates = await Promise.all(
      context.set.sentinels.map((sentinel) => candidate(context, sentinel, target)),
    );
    const first = candidates.find(({ infoAgeMs }) => infoAgeMs !== undefined);
    if (isTimely(first?.infoAgeMs)) return;
    await sleep(pauseMs);
  }
}

function isTimely(infoAgeMs: number | undefined): boolean {
  return infoAgeMs !== undefined && infoAgeMs >= leadMs.least && infoAgeMs <= leadMs.most;
}

async function promoted(
  context: ActionContext,
  sentinel: NodeAddress,
  before: string | undefined,
): Promise<void> {
  const endMs = context.nowMs() + promotionMs;
  for (;;) {
    const address = await masterAddress(context, sentinel);
    if (address !== undefined && address !== before) return;
    if (context.nowMs() >= endMs) {
      throw new Error(`redis/${sentinel.name}: promoted nobody in ${promotionMs} ms`);
    }
    await sleep(pauseMs);
  }
}

async function masterAddress(context: ActionContext, sentinel: NodeAddress): Promise<string | undefined> {
  const command = ['sentinel', 'get-master-addr-by-name', context.set.masterName] as const;
  const [reply] = await context.links.ask(portOf('sentinel', sentinel), [command]);
  return Array.isArray(reply) && typeof reply[0] === 'string' ? reply[0] : undefined;
}
