// What a strategy that keeps sessions on the server must offer; koa-store.ts and manager.ts are written against it.
// A session is named by a hash of its id, so that whoever can read the store cannot use what is in it.
import type { CartRecord } from '../cart/record.ts';
import type { StoredSession } from './record.ts';

export interface SessionRecord {
  /** Rises by one with every write. */
  readonly version: number;
  readonly data: StoredSession;
  /** Pieces in the session's cart, where they come in the same trip. */
  readonly cartCount?: number;
  /** The session's cart, where it was asked for and comes in the same trip. */
  readonly cart?: CartRecord;
}

export interface SessionWrite {
  /** The version that was read; 0 for a session that is new. */
  readonly version: number;
  readonly data: StoredSession;
  readonly lifeMs: number;
}

/** 'superseded': another version is there now. 'ended': it was ended, and stays so. */
export type WriteOutcome = 'stored' | 'superseded' | 'ended';

export interface ListedSession {
  readonly key: string;
  readonly startedAt: Date;
}

/**
 * Every method tries again for `patienceMs` while the store cannot be reached, and then throws StoreUnavailable.
 * A session that was ended stays so for TOMBSTONE_MS, whatever a slow request still writes.
 */
export interface SessionStore {
  /**
   * Undefined when there is none. `beside`: what else the request wants of the store and may come in the same trip.
   */
  readonly read: (
    key: string,
    patienceMs: number,
    beside?: 'nothing' | 'cart',
  ) => Promise<SessionRecord | undefined>;
  readonly write: (key: string, session: SessionWrite, patienceMs: number) => Promise<WriteOutcome>;
  readonly end: (key: string, userId: string | undefined, patienceMs: number) => Promise<void>;
  /** A user's sessions, the newest first. */
  readonly list: (userId: string, patienceMs: number) => Promise<readonly ListedSession[]>;
  /** All of a user's sessions but `spared` ('' spares none). */
  readonly endAll: (userId: string, spared: string, patienceMs: number) => Promise<void>;
}

/** Longer than any request may take, so that a slow one finds it. */
export const TOMBSTONE_MS = 60_000;
