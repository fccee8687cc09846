// Leadership by a Lease object. The record's times are never compared with this machine's clock: a holder is
// taken for gone when its record has not changed for `durationMs` of local monotonic time. A holder that could
// not renew for `renewDeadlineMs` says so through onLost; the process must then exit, because it can no longer
// know whether somebody else leads.
import { ApiError, isConflict, isNotFound } from './api.ts';
import type { Api, KubeObject } from './api.ts';
import type { Clock } from './clock.ts';
import { collectionPath, LEASES, objectPath } from './paths.ts';

export interface LeaseOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  /** Unique per process start: a restarted pod is a different candidate. */
  readonly identity: string;
  readonly onLeading: () => void;
  readonly onLost: (reason: string) => void;
  /** @default 5000 */
  readonly durationMs?: number;
  /** @default 3500 */
  readonly renewDeadlineMs?: number;
  /** Pause between two tries. @default 1000 */
  readonly retryMs?: number;
}

export interface Lease {
  isLeader(): boolean;
  /** Stops trying and, when leading, gives the lease back so that the next one need not wait. */
  stop(): Promise<void>;
}

interface LeaseObject extends KubeObject {
  readonly spec?: LeaseSpec;
}

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** Kubernetes wants micro seconds in these fields; JavaScript has milliseconds. */
const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** Starts competing for the Lease at once; calls back when it is won and when it is lost. */
export function startLease(options: LeaseOptions): Lease {
  const candidate = new Candidate(options);
  candidate.loop();
  return candidate;
}

class Candidate implements Lease {
  readonly #options: LeaseOptions;
  readonly #path: string;
  readonly #durationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  readonly #call: { readonly deadlineMs: number };
  #leading = false;
  #stopped = false;
  #renewedAtMs = 0;
  #seen = { version: '', atMs: 0 };
  #current: LeaseObject | undefined;
  #cancelTimer = (): void => undefined;
  #cancelDeadline = (): void => undefined;
  #pending: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#path = objectPath(LEASES, options.namespace, options.name);
    this.#durationMs = options.durationMs ?? 5000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 3500;
    this.#retryMs = options.retryMs ?? 1000;
    this.#call = { deadlineMs: Math.min(this.#retryMs * 2, this.#renewDeadlineMs) };
  }

  // Also false when the event loop was stalled past the deadline and the timer has not fired yet.
  isLeader(): boolean {
    return this.#leading && this.#sinceRenewalMs() < this.#renewDeadlineMs;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#end();
    await this.#pending;
    this.#leading = false;
    // By the record and not by #leading: what this process is given while it stops would otherwise lead nobody.
    if (this.#current?.spec?.holderIdentity !== this.#options.identity) return;
    const spec = { ...this.#current.spec, holderIdentity: '' };
    const { metadata } = this.#current;
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    await this.#options.api.request('PUT', this.#path, { ...this.#call, body }).catch(() => undefined);
  }

  loop(): void {
    this.#pending = this.#tick().then(
      () => {
        if (!this.#stopped) {
          this.#cancelTimer = this.#options.clock.after(this.#retryMs, () => this.loop());
        }
      },
      (error: unknown) => this.#lose(`lease ${this.#options.name}: ${String(error)}`),
    );
  }

  async #tick(): Promise<void> {
    try {
      await (this.#leading ? this.#renew() : this.#acquire());
    } catch (error) {
      // The next tick tries again; what counts is the time since the last success.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #acquire(): Promise<void> {
    let lease: LeaseObject | undefined;
    try {
      lease = await this.#options.api.request<LeaseObject>('GET', this.#path, this.#call);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (lease === undefined || this.#isFree(lease)) await this.#write(lease);
  }

  async #renew(): Promise<void> {
    try {
      await this.#write(this.#current);
    } catch (error) {
      // Somebody wrote the record: either our own write whose answer was lost, or another leader.
      if (!isConflict(error)) throw error;
      this.#current = await this.#options.api.request<LeaseObject>('GET', this.#path, this.#call);
      const holder = this.#current.spec?.holderIdentity ?? '';
      if (holder !== this.#options.identity) this.#lose(`lease ${this.#options.name} is held by "${holder}"`);
      else if (!this.#stopped) await this.#write(this.#current);
    }
  }

  #isFree(lease: LeaseObject): boolean {
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === '' || holder === this.#options.identity) return true;
    const version = lease.metadata.resourceVersion ?? '';
    const now = this.#options.clock.nowMs();
    if (this.#seen.version !== version) this.#seen = { version, atMs: now };
    return now - this.#seen.atMs >= this.#durationMs;
  }

  async #write(base: LeaseObject | undefined): Promise<void> {
    const { api, clock, name, namespace } = this.#options;
    const startedMs = clock.nowMs();
    const version = base?.metadata.resourceVersion;
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, ...(version !== undefined && { resourceVersion: version }) },
      spec: this.#spec(base?.spec),
    };
    this.#current = base
      ? await api.request<LeaseObject>('PUT', this.#path, { ...this.#call, body })
      : await api.request<LeaseObject>('POST', collectionPath(LEASES, namespace), { ...this.#call, body });
    // Counted from before the call: a slow answer must not lengthen the lease.
    this.#renewedAtMs = startedMs;
    if (this.#stopped) return;
    this.#setDeadline();
    if (this.#leading) return;
    this.#leading = true;
    this.#options.onLeading();
  }

  // A timer of its own: the next renewal may hang beyond the deadline, and somebody else lead before it returns.
  #setDeadline(): void {
    const { clock, name } = this.#options;
    const leftMs = Math.max(0, this.#renewDeadlineMs - this.#sinceRenewalMs());
    this.#cancelDeadline();
    this.#cancelDeadline = clock.after(leftMs, () =>
      this.#lose(`lease ${name} not renewed for ${this.#renewDeadlineMs} ms`),
    );
  }

  #spec(previous: LeaseSpec | undefined): LeaseSpec {
    const { clock, identity } = this.#options;
    const now = microTime(clock.date());
    const mine = previous?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: mine ? (previous.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (previous?.leaseTransitions ?? 0) + (mine ? 0 : 1),
    };
  }

  #sinceRenewalMs(): number {
    return this.#options.clock.nowMs() - this.#renewedAtMs;
  }

  #lose(reason: string): void {
    if (this.#stopped) return;
    this.#end();
    this.#leading = false;
    this.#options.onLost(reason);
  }

  #end(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#cancelDeadline();
  }
}
