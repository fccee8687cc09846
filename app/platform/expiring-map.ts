// A map in this process's memory whose entries end by themselves, and which never outgrows its limit: the entry that
// was written longest ago makes room.
export interface ExpiringMap<V> {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V, lifeMs: number) => void;
  readonly delete: (key: string) => void;
  /** What has not ended, the entry written longest ago first. */
  readonly entries: () => readonly (readonly [string, V])[];
}

export function createExpiringMap<V>(limit: number, nowMs: () => number = Date.now): ExpiringMap<V> {
  const kept = new Map<string, { readonly value: V; readonly endsAtMs: number }>();
  return {
    get: (key) => {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      if (entry.endsAtMs > nowMs()) return entry.value;
      kept.delete(key);
      return undefined;
    },
    set: (key, value, lifeMs) => {
      // A Map keeps the order of first insertion: deleting first makes it the order of writing.
      kept.delete(key);
      kept.set(key, { value, endsAtMs: nowMs() + lifeMs });
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    },
    delete: (key) => void kept.delete(key),
    entries: () =>
      [...kept].flatMap(([key, { value, endsAtMs }]) => (endsAtMs > nowMs() ? [[key, value] as const] : [])),
  };
}
