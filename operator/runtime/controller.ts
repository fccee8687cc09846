// What a controller is, and what it is given. It watches and probes from the start on every replica, so that a
// new leader begins with warm caches; it acts only inside reconcile(), which is called only while leading.
import type { Api } from './api.ts';
import type { Clock } from './clock.ts';
import type { EventRecorder } from './events.ts';
import type { Logger } from './log.ts';
import type { RuntimeMetrics } from './metrics.ts';
import type { Result } from './queue.ts';

export interface ControllerContext {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly metrics: RuntimeMetrics;
  readonly namespace: string;
  /** This process, unique per start. */
  readonly identity: string;
  /** Asks for a reconcile of `name`, soon. Ignored while another replica leads. */
  readonly enqueue: (name: string) => void;
  /** Whether this process leads right now: check before any write that another leader could contradict. */
  readonly isLeader: () => boolean;
}

export interface Controller {
  /** The custom resource's kind, for logs and metrics. */
  readonly name: string;
  /** Names of all objects, for the periodic tick and for a new leader's first round. */
  keys(): readonly string[];
  /** One pass: observe, decide, act. Safe to repeat at any time. */
  reconcile(name: string): Promise<Result>;
  /** Whether its caches are filled. */
  synced(): boolean;
  /** Whether something is half done that a successor would first have to find out about. Without it: never. */
  busy?(): boolean;
  /** Frees watches, timers and connections. */
  stop(): Promise<void> | void;
}

export type ControllerFactory = (context: ControllerContext) => Controller;
