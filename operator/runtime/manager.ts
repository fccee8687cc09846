// Runs controllers: one queue each, fed by their own wake-ups and by a 1 s tick, working only while this process
// holds the Lease. Losing the Lease ends the process (onLost), because half-done work must not continue.
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import type { Controller, ControllerFactory } from './controller.ts';
import type { EventRecorder } from './events.ts';
import { startLease } from './lease.ts';
import type { Lease } from './lease.ts';
import type { Logger } from './log.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { createQueue } from './queue.ts';
import type { Queue } from './queue.ts';

export interface ManagerOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly metrics: RuntimeMetrics;
  readonly namespace: string;
  readonly identity: string;
  readonly leaseName: string;
  readonly controllers: readonly ControllerFactory[];
  /** Must end the process. */
  readonly onLost: (reason: string) => void;
  /** Every object is looked at least this often. @default 1000 */
  readonly tickMs?: number;
}

export interface Manager {
  isLeader(): boolean;
  /** Null when ready, otherwise what is missing. */
  notReadyBecause(): string | null;
  /** Finishes what must not be left half done (at most 15 s), lets running passes end, gives the Lease back. */
  stop(): Promise<void>;
}

interface Running {
  readonly controller: Controller;
  readonly queue: Queue;
}

export function startManager(options: ManagerOptions): Manager {
  const { clock, metrics, tickMs = 1000 } = options;
  let isLeader = (): boolean => false;
  const running = options.controllers.map((factory) => startController(options, factory, () => isLeader()));
  const tick = (): void => {
    for (const { controller, queue } of running) {
      if (isLeader()) for (const key of controller.keys()) queue.add(key);
      metrics.queueKeys.set({ controller: controller.name }, queue.depth().keys);
    }
  };
  // The first tick waits until startLease has returned: its isLeader() is what the queues ask.
  const lease = compete(options, () => clock.after(0, tick));
  isLeader = () => lease.isLeader();
  const timer = setInterval(tick, tickMs);
  return {
    isLeader,
    notReadyBecause: () => waitingFor(running),
    stop: async () => {
      await whileBusy(clock, running, () => lease.isLeader());
      clearInterval(timer);
      await Promise.all(running.map(({ queue }) => queue.stop()));
      for (const { controller } of running) await controller.stop();
      await lease.stop();
    },
  };
}

function compete(options: ManagerOptions, onLeading: () => void): Lease {
  const { log, metrics, identity } = options;
  return startLease({
    api: options.api,
    clock: options.clock,
    namespace: options.namespace,
    name: options.leaseName,
    identity,
    onLeading: () => {
      log.info({ identity }, 'leading');
      metrics.leader.set(1);
      onLeading();
    },
    onLost: (reason) => {
      metrics.leader.set(0);
      options.onLost(reason);
    },
  });
}

/** A drained node may lose the operator and the primary in the same moment: the first look comes too early. */
const SETTLE_MS = 500;
const FINISH_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** A change of primary that was begun is finished: a successor would have to wait for the Lease first. */
async function whileBusy(clock: Clock, running: readonly Running[], isLeader: () => boolean): Promise<void> {
  const startedMs = clock.nowMs();
  const mustGoOn = (): boolean => {
    const ms = clock.nowMs() - startedMs;
    const isBusy = running.some(({ controller }) => controller.busy?.() === true);
    return isLeader() && (ms < SETTLE_MS || (isBusy && ms < FINISH_MS));
  };
  while (mustGoOn()) await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
}

function waitingFor(running: readonly Running[]): string | null {
  const waiting = running.filter(({ controller }) => !controller.synced());
  if (waiting.length === 0) return null;
  return `caches not filled: ${waiting.map(({ controller }) => controller.name).join(', ')}`;
}

function startController(
  options: ManagerOptions,
  factory: ControllerFactory,
  isLeader: () => boolean,
): Running {
  const { clock, log, metrics } = options;
  // A controller may wake its queue from inside its constructor, before the queue exists.
  let enqueue: (name: string) => void = () => undefined;
  const controller = factory({ ...options, enqueue: (name) => enqueue(name), isLeader });
  const work = async (key: string) => {
    if (!isLeader()) return {};
    const startedMs = clock.nowMs();
    const result = await controller.reconcile(key);
    metrics.reconcileSeconds.observe({ controller: controller.name }, (clock.nowMs() - startedMs) / 1000);
    metrics.reconciles.inc({ controller: controller.name, result: 'ok' });
    return result;
  };
  const queue = createQueue({
    clock,
    work,
    onError: (key, error, failures) => {
      metrics.reconciles.inc({ controller: controller.name, result: 'error' });
      log.warn({ controller: controller.name, key, failures, error: describe(error) }, 'reconcile failed');
    },
  });
  enqueue = (name) => {
    if (isLeader()) queue.add(name);
  };
  return { controller, queue };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
