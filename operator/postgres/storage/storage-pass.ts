// Looks at the members' claims now and then, and gives them the size that the set asks for. Not waited for by a pass:
// what came of it is in the condition that the next report tells.
import { ApiError, isNotFound } from '../../runtime/api.ts';
import type { KubeObject } from '../../runtime/api.ts';
import { mergePatch } from '../../runtime/apply.ts';
import type { NewCondition } from '../../runtime/conditions.ts';
import type { ControllerContext } from '../../runtime/controller.ts';
import { CLAIMS, objectPath } from '../../runtime/paths.ts';
import { podNames } from '../resource.ts';
import type { PostgresSet } from '../resource.ts';
import { decideStorage } from './decide-storage.ts';
import type { Claim } from './decide-storage.ts';

export interface StoragePass {
  /** Looks when it is due. Does nothing while another replica leads. */
  look(set: PostgresSet): void;
  conditions(): readonly NewCondition[];
}

interface ClaimObject extends KubeObject {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

const LOOK_MS = 10_000;
/** A class may be changed to allow it: asked again, but not all the time. */
const REFUSED_MS = 5 * 60_000;

export function createStoragePass(context: ControllerContext): StoragePass {
  return new Pass(context);
}

class Pass implements StoragePass {
  readonly #context: ControllerContext;
  readonly #refused = new Map<
    string,
    { readonly why: string; readonly size: string; readonly atMs: number }
  >();
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #wanted: string | null = null;
  #isLooking = false;
  #condition: NewCondition | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  conditions(): readonly NewCondition[] {
    return this.#condition ? [this.#condition] : [];
  }

  look(set: PostgresSet): void {
    const { clock, isLeader, log } = this.#context;
    const wanted = set.spec.storage?.size ?? null;
    const isDue = wanted !== this.#wanted || clock.nowMs() - this.#lookedAtMs >= LOOK_MS;
    if (!isLeader() || this.#isLooking || !isDue) return;
    this.#isLooking = true;
    this.#wanted = wanted;
    this.#lookedAtMs = clock.nowMs();
    void this.#work(set, wanted)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'volumes not looked at'))
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async #work(set: PostgresSet, wanted: string | null): Promise<void> {
    if (wanted === null) {
      this.#condition = null;
      return;
    }
    const names = podNames(set).map((pod) => `data-${pod}`);
    const claims = (await Promise.all(names.map((name) => this.#read(name, wanted)))).flatMap(
      (claim) => claim ?? [],
    );
    const { grow } = decideStorage(wanted, claims);
    for (const name of grow) if (!this.#isRefused(name, wanted)) await this.#grow(set, name, wanted);
    const after = claims.map((claim) => ({ ...claim, refused: this.#whyRefused(claim.name, wanted) }));
    this.#condition = decideStorage(wanted, after).condition;
  }

  async #read(name: string, wanted: string): Promise<Claim | null> {
    const { api, namespace } = this.#context;
    try {
      const claim = await api.request<ClaimObject>('GET', objectPath(CLAIMS, namespace, name));
      const requested = claim.spec?.resources?.requests?.storage ?? '0';
      const capacity = claim.status?.capacity?.storage ?? null;
      return { name, requested, capacity, refused: this.#whyRefused(name, wanted) };
    } catch (error) {
      // Not made yet.
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  async #grow(set: PostgresSet, name: string, size: string): Promise<void> {
    const { api, namespace, events, clock } = this.#context;
    try {
      const body = { spec: { resources: { requests: { storage: size } } } };
      await mergePatch(api, objectPath(CLAIMS, namespace, name), body);
      this.#refused.delete(name);
      const note = `${name} is to have ${size}`;
      events.record(aboutOf(set), { type: 'Normal', reason: 'VolumeGrows', action: 'Grow', note });
    } catch (error) {
      // The class does not allow it, or the request is past a quota: said, not repeated at once.
      if (!(error instanceof ApiError) || ![403, 422].includes(error.status)) throw error;
      this.#refused.set(name, { why: error.message, size, atMs: clock.nowMs() });
      const note = `${name} cannot have ${size}: ${error.message}`;
      events.record(aboutOf(set), { type: 'Warning', reason: 'VolumeCannotGrow', action: 'Grow', note });
    }
  }

  #isRefused(name: string, size: string): boolean {
    const refusal = this.#refused.get(name);
    return refusal?.size === size && this.#context.clock.nowMs() - refusal.atMs < REFUSED_MS;
  }

  #whyRefused(name: string, size: string): string | null {
    const refusal = this.#refused.get(name);
    return refusal?.size === size ? refusal.why : null;
  }
}

function aboutOf({ metadata }: PostgresSet): KubeObject {
  return { apiVersion: 'quorum.dev/v1alpha1', kind: 'PostgresSet', metadata };
}
