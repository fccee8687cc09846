// The second copy of carts as kept-store.ts uses it: Postgres, or nothing where the write-through is turned off, to
// show what Redis alone keeps.
import type { Deadline } from '../platform/deadline.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { StoreUnavailable } from '../platform/store-unavailable.ts';
import { findRecord, lockRecord, writeLocked } from './copy-repository.ts';
import { recordOf } from './record-text.ts';
import { EMPTY_RECORD, joinRecords } from './record.ts';
import type { CartRecord } from './record.ts';
import type { WriteThrough } from './write-through.ts';

export interface SecondCopy extends Pick<WriteThrough, 'put' | 'forget'> {
  readonly find: (holder: string, deadline: Deadline) => Promise<CartRecord | undefined>;
  /**
   * Changes the copy ahead of Redis and resolves once that is committed. `change` may run more than once.
   * Rejects when Postgres did not acknowledge in time.
   */
  readonly change: <T extends { readonly record: CartRecord }>(
    holder: string,
    change: (record: CartRecord) => T,
    deadline: Deadline,
  ) => Promise<T>;
}

export const NO_SECOND_COPY: SecondCopy = {
  put: () => undefined,
  forget: () => undefined,
  find: () => Promise.resolve(undefined),
  change: () => Promise.reject(new StoreUnavailable('carts: there is no second store')),
};

export function createSecondCopy(db: Database, writeThrough: WriteThrough): SecondCopy {
  return {
    put: writeThrough.put,
    forget: writeThrough.forget,
    find: async (holder, deadline) => {
      const options = onPrimary(deadline);
      const stored = await db.read((q) => findRecord(q, holder), options);
      // What is still on its way counts as well.
      const waiting = writeThrough.find(holder);
      if (waiting === undefined) return stored;
      return stored === undefined ? recordOf(waiting) : joinRecords(stored, recordOf(waiting));
    },
    change: async (holder, change, deadline) => {
      const { value } = await db.transaction(async (q) => {
        const before = (await lockRecord(q, holder)) ?? EMPTY_RECORD;
        const changed = change(before);
        if (changed.record !== before) await writeLocked(q, { holder, record: changed.record }, true);
        return changed;
      }, deadline);
      return value;
    },
  };
}
