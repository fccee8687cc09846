// The operator's loop over a local Redis set: the same passes as in the cluster, without Kubernetes.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLinks } from '../../operator/redis/links.ts';
import { leastDownAfterMs } from '../../operator/redis/model.ts';
import type { Remembered } from '../../operator/redis/model.ts';
import { rememberPasswords } from '../../operator/redis/passwords.ts';
import { createRotation } from '../../operator/redis/rotation.ts';
import { createPasses } from '../../operator/redis/pass.ts';
import type { Done, PassResult } from '../../operator/redis/pass.ts';
import type { ActionContext } from '../../operator/redis/tell.ts';
import { createWish } from '../../operator/redis/wish.ts';
import type { Switchover } from '../../operator/redis/wish.ts';
import { eventually } from './eventually.ts';
import { masterName } from './redis-set.ts';
import type { RedisSet } from './redis-set.ts';

export interface LocalOperator {
  /** Everything it did, oldest first. */
  readonly done: readonly Done[];
  last(): PassResult | undefined;
  /** Resolves with the master's name once the whole set is healthy. */
  healthy(withinMs: number): Promise<string>;
  switchTo(member: string): void;
  /** Who still uses a password that the Secret has no more. */
  rotating(): readonly string[];
  /** While paused it neither looks nor acts, as if it were not running. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

export interface LocalOperatorOptions {
  readonly downAfterMs?: number;
  /** What the custom resource would remember. */
  readonly term?: number;
  /** What the Secret holds of a key, as the API tells it; undefined: what is mounted. */
  readonly secret?: (key: string) => string | undefined;
}

export function startLocalOperator(set: RedisSet, options: LocalOperatorOptions = {}): LocalOperator {
  let state: 'running' | 'paused' | 'stopped' = 'running';
  const pause = createPause();
  const secretOf = (key: string): string =>
    options.secret?.(key) ?? readFileSync(join(set.credentials, `${key}-password`), 'utf8');
  let own: readonly string[] = [];
  const passwords = (): readonly string[] => (own = rememberPasswords(secretOf('operator'), own));
  const links = openLinks({ passwords, tls: () => set.tls, onLost: pause.wake });
  const context = contextOf(set, links, options.downAfterMs);
  const isRunning = (): boolean => state === 'running';
  const looks = createLooks(context, { secretOf, isRunning, term: options.term ?? 0 });
  const loop = async (): Promise<void> => {
    while (state !== 'stopped') await pause.for(isRunning() ? await looks.next() : 50);
  };
  const running = loop();
  return {
    ...{ done: looks.done, last: looks.last, rotating: looks.rotating },
    healthy: (withinMs) => eventually(() => healthyMaster(looks.last()), { withinMs, everyMs: 20 }),
    switchTo: (member) => {
      looks.wishFor(member);
      pause.wake();
    },
    pause: () => {
      state = 'paused';
      return Promise.resolve();
    },
    resume: () => {
      looks.forgetLast();
      state = 'running';
    },
    stop: async () => {
      state = 'stopped';
      pause.wake();
      await running;
      links.close();
    },
  };
}

interface LooksOptions {
  readonly secretOf: (key: string) => string;
  readonly term: number;
  readonly isRunning: () => boolean;
}

/** Look after look at the set, with what the custom resource would remember between them. */
function createLooks(context: ActionContext, { secretOf, term, isRunning }: LooksOptions) {
  const done: Done[] = [];
  let last: PassResult | undefined;
  let remembered: Remembered = { term, switchTo: undefined };
  let switchover: Switchover | undefined;
  let handledId: string | undefined;
  let rotating: readonly string[] = [];
  const wish = createWish();
  const rotation = createRotation({ everyMs: 200, settledMs: 1_500 });
  const passes = createPasses();
  return {
    done,
    last: () => last,
    forgetLast: () => void (last = undefined),
    rotating: () => rotating,
    wishFor: (member: string): void => {
      switchover = { to: member, id: randomUUID() };
      remembered = { ...remembered, switchTo: member };
    },
    /** Resolves with how long to wait before the next, in milliseconds. */
    next: async (): Promise<number> => {
      rotating = rotation.turn(context, secretOf, isRunning);
      const result = await passes.run(context, remembered, isRunning);
      last = result;
      done.push(...result.done);
      handledId = wish.handled(switchover, handledId, result);
      const terms = result.observed.members.map(({ answer }) => answer?.term ?? 0);
      remembered = {
        term: Math.max(remembered.term, ...terms),
        switchTo: wish.target(switchover, handledId),
      };
      return result.afterMs;
    },
  };
}

/** A wait that somebody may end. */
function createPause() {
  let wake = (): void => undefined;
  return {
    wake: () => wake(),
    for: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

/** What the operator's actions need to know of a local set. */
export function contextOf(
  set: RedisSet,
  links: ActionContext['links'],
  downAfterMs = leastDownAfterMs,
): ActionContext {
  const node = (name: string) => ({ name, address: set.address(name) });
  return {
    links,
    nowMs: () => performance.now(),
    set: {
      members: set.members.map(node),
      sentinels: set.sentinels.map(node),
      masterName,
      downAfterMs,
      failoverTimeoutMs: 10_000,
      sentinelPassword: () => set.password('sentinel'),
    },
  };
}

function healthyMaster(last: PassResult | undefined): string {
  if (last === undefined) throw new Error('nobody has looked yet');
  const { phase, master, message } = last.verdict;
  if (phase !== 'Healthy' || master === undefined) throw new Error(`the set is ${phase}: ${message}`);
  const answers = new Map(last.observed.members.map(({ name, answer }) => [name, answer]));
  for (const [name, answer] of answers) {
    if (answer?.priority !== 100) throw new Error(`${name} is not electable yet`);
  }
  if (answers.get(master)?.termMaster !== master) throw new Error(`${master} has no term yet`);
  return master;
}
