// The statements on the second copy of carts, in Postgres. A copy is never overwritten by one that knows less: either
// the new record contains the old one, which the statement itself checks, or both are joined under the row's lock.
// A row's cart is its `record` and its `hash` joined; 'null' and NULL are empty ones.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { CART_LIFE_MS } from './cart.ts';
import { newestIn, recordOf } from './record-text.ts';
import { joinRecords, newestOp } from './record.ts';
import type { CartRecord } from './record.ts';

export interface HeldRecord {
  readonly holder: string;
  readonly record: CartRecord;
}

/** As Redis acknowledged it (record-text.ts). */
export interface HeldText {
  readonly holder: string;
  readonly text: string;
}

interface CopyRow {
  readonly record: CartRecord | null;
  readonly hash: string | null;
}

function recordIn({ record, hash }: CopyRow): CartRecord | undefined {
  if (hash === null) return record ?? undefined;
  const acknowledged = recordOf(hash);
  return record === null ? acknowledged : joinRecords(record, acknowledged);
}

function heldIn({ holder, ...row }: CopyRow & { readonly holder: string }): HeldRecord[] {
  const record = recordIn(row);
  return record === undefined ? [] : [{ holder, record }];
}

function rowOf({ holder, text }: HeldText) {
  const { at, op } = newestIn(text);
  return { holder, hash: text, clock: at, newest_op: op };
}

/**
 * Writes those that contain what is there, in one statement; resolves with the holders that were written. A row with both
 * a record and a hash (a pod of the version before wrote into ours) names the newest operation of one of them only, and
 * is left to the join under lock.
 */
export async function writeNewer(q: Querier, held: readonly HeldText[]): Promise<ReadonlySet<string>> {
  // In one order everywhere, so that two pods with the same carts wait for each other instead of deadlocking.
  const rows = held.map(rowOf).sort((a, b) => (a.holder < b.holder ? -1 : 1));
  const written = await q.rows<{ holder: string }>(sql`
    INSERT INTO cart AS mine (holder, record, hash, clock, newest_op, ahead)
    SELECT holder, 'null', hash, clock, newest_op, false
      FROM json_to_recordset(${JSON.stringify(rows)}::json)
        AS row (holder text, hash text, clock bigint, newest_op text)
    ON CONFLICT (holder) DO UPDATE
       SET record = 'null', hash = excluded.hash, clock = excluded.clock, newest_op = excluded.newest_op,
           changed_at = now()
     WHERE NOT mine.ahead AND excluded.clock > mine.clock AND (mine.record = 'null' OR mine.hash IS NULL)
       AND strpos(excluded.hash, ':' || mine.newest_op || ' ') > 0
    RETURNING holder`);
  return new Set(written.map(({ holder }) => holder));
}

/** The row is there and locked afterwards; undefined when it was not there before. */
export async function lockRecord(q: Querier, holder: string): Promise<CartRecord | undefined> {
  await q.run(sql`
    INSERT INTO cart (holder, record, clock, newest_op, ahead) VALUES (${holder}, 'null', 0, '', false)
    ON CONFLICT DO NOTHING`);
  const row = await q.row<CopyRow>(sql`
    SELECT record, hash FROM cart WHERE holder = ${holder} FOR UPDATE`);
  return row && recordIn(row);
}

/** Of a row that is locked. `ahead` when it holds something that Redis lacks. */
export async function writeLocked(q: Querier, { holder, record }: HeldRecord, ahead: boolean): Promise<void> {
  await q.run(sql`
    UPDATE cart SET record = ${JSON.stringify(record)}, hash = NULL, clock = ${record.clock},
                    newest_op = ${newestOp(record)}, ahead = ${ahead}, changed_at = now()
     WHERE holder = ${holder}`);
}

export async function findRecord(q: Querier, holder: string): Promise<CartRecord | undefined> {
  const row = await q.row<CopyRow>(sql`
    SELECT record, hash FROM cart WHERE holder = ${holder}`);
  return row && recordIn(row);
}

export async function deleteRecords(q: Querier, holders: readonly string[]): Promise<void> {
  await q.run(sql`DELETE FROM cart WHERE holder = ANY (${holders})`);
}

/** Those that hold something Redis lacks, the oldest first. */
export async function findAhead(q: Querier, limit: number): Promise<HeldRecord[]> {
  const rows = await q.rows<CopyRow & { holder: string }>(sql`
    SELECT holder, record, hash FROM cart WHERE ahead ORDER BY changed_at LIMIT ${limit}`);
  return rows.flatMap(heldIn);
}

/** Those changed within the last `seconds`, in the order of their holder, after `afterHolder`. */
export async function findRecent(
  q: Querier,
  seconds: number,
  afterHolder: string,
  limit: number,
): Promise<HeldRecord[]> {
  const rows = await q.rows<CopyRow & { holder: string }>(sql`
    SELECT holder, record, hash FROM cart
     WHERE changed_at > now() - make_interval(secs => ${seconds}) AND holder > ${afterHolder}
       AND (record <> 'null' OR hash IS NOT NULL)
     ORDER BY holder LIMIT ${limit}`);
  return rows.flatMap(heldIn);
}

/** Carts that Redis has forgotten for their age. */
export function deleteExpired(q: Querier): Promise<number> {
  return q.run(sql`
    DELETE FROM cart WHERE changed_at < now() - make_interval(secs => ${CART_LIFE_MS / 1000})`);
}
