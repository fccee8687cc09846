// What a wanted size means for the members' volumes: pure. A claim only ever grows; the server says whether its class
// can, and where it cannot, nothing but a condition changes.
import type { NewCondition } from '../../runtime/conditions.ts';

export interface Claim {
  readonly name: string;
  /** What is asked for, as a Kubernetes quantity. */
  readonly requested: string;
  /** What there is; null before it is bound. */
  readonly capacity: string | null;
  /** Why the server refused to let it grow; null when it did not. */
  readonly refused: string | null;
}

export interface StorageDecision {
  /** Claims to be given the wanted size. */
  readonly grow: readonly string[];
  /** Null while no size is wanted. */
  readonly condition: NewCondition | null;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** Bytes of a Kubernetes quantity. Throws on what is none. */
export function quantityBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMGT]|[KMGT]i)?$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (!match || unit === undefined) throw new Error(`not a quantity of bytes: "${text}"`);
  return Number(match[1]) * unit;
}

export function decideStorage(wanted: string | null, claims: readonly Claim[]): StorageDecision {
  if (wanted === null) return { grow: [], condition: null };
  const size = quantityBytes(wanted);
  const small = claims.filter(({ requested }) => quantityBytes(requested) < size);
  const refused = small.filter((claim) => claim.refused !== null);
  const grow = small.map(({ name }) => name);
  if (refused.length > 0) {
    const why = refused
      .map((claim) => `${claim.name} stays at ${claim.requested}: ${claim.refused ?? ''}`)
      .join('; ');
    return { grow, condition: not('CannotGrow', why) };
  }
  const waiting = claims.filter(({ capacity }) => capacity === null || quantityBytes(capacity) < size);
  if (waiting.length > 0) {
    const names = waiting.map(({ name, capacity }) => `${name} (${capacity ?? 'not bound'})`).join(', ');
    return { grow, condition: not('Growing', `waiting for ${names} to have ${wanted}`) };
  }
  return {
    grow,
    condition: { type: 'StorageSize', status: 'True', reason: 'AsWanted', message: `${wanted} each` },
  };
}

function not(reason: string, message: string): NewCondition {
  return { type: 'StorageSize', status: 'False', reason, message };
}
