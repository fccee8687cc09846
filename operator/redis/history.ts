// What happened to the master, told from the looks: who handed over to whom, and how long nobody could write.
// Sees Sentinel's own failovers as well as the operator's.
import type { Observed, Verdict } from './model.ts';
import type { Done } from './pass.ts';
import type { Steps } from './tell.ts';

export interface Failover {
  /** When the new master took over, RFC 3339. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'planned' | 'unplanned';
  readonly reason: string;
  readonly epoch: number;
  /** Milliseconds without a master that takes writes, as the operator saw it. */
  readonly outageMs: number;
  /** The same for people, e.g. "840ms". */
  readonly outage: string;
  /** Milliseconds per phase: until it was acted upon, of each step the operator did itself, until writes were taken. */
  readonly steps: Steps;
}

export interface History {
  /** Takes one look; a Failover when this look completes one. */
  take(observed: Observed, verdict: Verdict, done: readonly Done[], now: Date): Failover | undefined;
}

/** @param lastMaster the master the status named before this process started. */
export function createHistory(lastMaster: string | undefined): History {
  return new MasterHistory(lastMaster);
}

class MasterHistory implements History {
  #master: string | undefined;
  #lostAtMs: number | undefined;
  #reason = '';
  #steps: Steps = {};
  #planned = false;
  #promoted = false;
  /** When the operator's own promotion was over. */
  #promotedAtMs: number | undefined;

  constructor(lastMaster: string | undefined) {
    this.#master = lastMaster;
  }

  take(observed: Observed, verdict: Verdict, done: readonly Done[], now: Date): Failover | undefined {
    const failover = this.#judge(observed, verdict, now);
    // The look came before the actions: what they changed shows in the next one.
    for (const each of done) this.#note(each, observed.atMs);
    return failover;
  }

  #judge(observed: Observed, { master, message, epoch }: Verdict, now: Date): Failover | undefined {
    if (master !== undefined && takesWrites(observed, master)) {
      return this.#complete(master, epoch, observed.atMs, now);
    }
    if (master === undefined || master !== this.#master) this.#lostAtMs ??= observed.atMs;
    if (master === undefined && this.#reason === '') this.#reason = message;
    return undefined;
  }

  #note({ action, steps, durationMs, error }: Done, atMs: number): void {
    if (error || !(action.kind === 'elect' || action.kind === 'switch' || action.kind === 'bless')) return;
    this.#planned = action.kind === 'switch';
    const noticed: Steps = this.#lostAtMs === undefined ? {} : { noticed: atMs - this.#lostAtMs };
    this.#steps = this.#planned ? { ...steps } : { ...noticed, ...this.#steps, ...steps };
    this.#promotedAtMs = atMs + durationMs;
    this.#promoted = true;
    this.#reason = action.why;
  }

  /** The first master of a set is no failover, and neither is one that merely did not answer for a while. */
  #complete(to: string, epoch: number, atMs: number, now: Date): Failover | undefined {
    const from = this.#master ?? '';
    const happened = from !== '' && (from !== to || this.#promoted);
    const seenMs = this.#lostAtMs === undefined ? 0 : atMs - this.#lostAtMs;
    const outageMs = Math.round(this.#planned ? sum(this.#steps) : seenMs);
    const failover: Failover = {
      ...{ at: now.toISOString(), from, to, kind: this.#planned ? 'planned' : 'unplanned', epoch },
      ...{ reason: this.#reason, outageMs, outage: `${outageMs}ms`, steps: this.#phases(atMs) },
    };
    this.#master = to;
    this.#lostAtMs = undefined;
    this.#reason = '';
    this.#steps = {};
    this.#planned = false;
    this.#promoted = false;
    this.#promotedAtMs = undefined;
    return happened ? failover : undefined;
  }

  #phases(atMs: number): Steps {
    const writable: Steps =
      this.#promotedAtMs === undefined ? {} : { writable: Math.max(0, atMs - this.#promotedAtMs) };
    const phases = Object.entries<number>({ ...this.#steps, ...writable });
    return Object.fromEntries(phases.map(([phase, ms]) => [phase, Math.round(ms)]));
  }
}

const sum = (steps: Steps): number => Object.values(steps).reduce((total, ms) => total + ms, 0);

/** The master with its term written has acknowledged a write of its own with a replica attached. */
function takesWrites(observed: Observed, master: string): boolean {
  const answer = observed.members.find(({ name }) => name === master)?.answer;
  return answer?.termMaster === master;
}
