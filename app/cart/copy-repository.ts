// The statements on the second copy of carts, in Postgres. A copy is never overwritten by one that knows less: either
// the new record contains the old one, which the statement itself checks, or both are joined under the row's lock.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { CART_LIFE_MS } from './cart.ts';
import { newestOp } from './record.ts';
import type { CartRecord } from './record.ts';

export interface HeldRecord {
  readonly holder: string;
  readonly record: CartRecord;
}

function rowOf({ holder, record }: HeldRecord) {
  return { holder, record, clock: record.clock, newest_op: newestOp(record) };
}

/** Writes those that contain what is there, in one statement; resolves with the holders that were written. */
export async function writeNewer(q: Querier, held: readonly HeldRecord[]): Promise<ReadonlySet<string>> {
  // In one order everywhere, so that two pods with the same carts wait for each other instead of deadlocking.
  const rows = held.map(rowOf).sort((a, b) => (a.holder < b.holder ? -1 : 1));
  const written = await q.rows<{ holder: string }>(sql`
    INSERT INTO cart AS mine (holder, record, clock, newest_op, ahead)
    SELECT holder, record, clock, newest_op, false
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row (holder text, record jsonb, clock bigint, newest_op text)
    ON CONFLICT (holder) DO UPDATE
       SET record = excluded.record, clock = excluded.clock, newest_op = excluded.newest_op, changed_at = now()
     WHERE NOT mine.ahead AND excluded.clock > mine.clock AND excluded.record -> 'ops' ? mine.newest_op
    RETURNING holder`);
  return new Set(written.map(({ holder }) => holder));
}

/** The row is there and locked afterwards; undefined when it was not there before. */
export async function lockRecord(q: Querier, holder: string): Promise<CartRecord | undefined> {
  await q.run(sql`
    INSERT INTO cart (holder, record, clock, newest_op, ahead) VALUES (${holder}, 'null', 0, '', false)
    ON CONFLICT DO NOTHING`);
  const row = await q.row<{ record: CartRecord | null }>(sql`
    SELECT record FROM cart WHERE holder = ${holder} FOR UPDATE`);
  return row?.record ?? undefined;
}

/** Of a row that is locked. `ahead` when it holds something that Redis lacks. */
export async function writeLocked(q: Querier, { holder, record }: HeldRecord, ahead: boolean): Promise<void> {
  await q.run(sql`
    UPDATE cart SET record = ${JSON.stringify(record)}, clock = ${record.clock},
                    newest_op = ${newestOp(record)}, ahead = ${ahead}, changed_at = now()
     WHERE holder = ${holder}`);
}

export async function findRecord(q: Querier, holder: string): Promise<CartRecord | undefined> {
  const row = await q.row<{ record: CartRecord | null }>(sql`
    SELECT record FROM cart WHERE holder = ${holder}`);
  return row?.record ?? undefined;
}

export async function deleteRecords(q: Querier, holders: readonly string[]): Promise<void> {
  await q.run(sql`DELETE FROM cart WHERE holder = ANY (${holders})`);
}

/** Those that hold something Redis lacks, the oldest first. */
export function findAhead(q: Querier, limit: number): Promise<HeldRecord[]> {
  return q.rows<HeldRecord>(sql`
    SELECT holder, record FROM cart WHERE ahead ORDER BY changed_at LIMIT ${limit}`);
}

/** Those changed within the last `seconds`, in the order of their holder, after `afterHolder`. */
export function findRecent(
  q: Querier,
  seconds: number,
  afterHolder: string,
  limit: number,
): Promise<HeldRecord[]> {
  return q.rows<HeldRecord>(sql`
    SELECT holder, record FROM cart
     WHERE changed_at > now() - make_interval(secs => ${seconds}) AND holder > ${afterHolder}
       AND record <> 'null'
     ORDER BY holder LIMIT ${limit}`);
}

/** Carts that Redis has forgotten for their age. */
export function deleteExpired(q: Querier): Promise<number> {
  return q.run(sql`
    DELETE FROM cart WHERE changed_at < now() - make_interval(secs => ${CART_LIFE_MS / 1000})`);
}
