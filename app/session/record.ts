// What two requests may do to one session at once. A session is stored with a version; who finds another version
// than the one read applies only its own changes to what is there now. So two parallel requests lose nothing,
// which a plain write of the whole object does.
import type { SessionData } from './session.ts';

export type StoredSession = SessionData & Readonly<Record<string, unknown>>;

/** `theirs` with the fields that differ between `base` (as read) and `mine` (as changed) set or removed. */
export function mergeSession(base: StoredSession, mine: StoredSession, theirs: StoredSession): StoredSession {
  const merged: Record<string, unknown> = { ...theirs };
  for (const field of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    if (base[field] === mine[field]) continue;
    if (field in mine) merged[field] = mine[field];
    else Reflect.deleteProperty(merged, field);
  }
  return merged;
}

/** JSON from a store → session; undefined for anything else, which is then treated as no session. */
export function parseSession(text: string): StoredSession | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as StoredSession)
      : undefined;
  } catch {
    return undefined;
  }
}
