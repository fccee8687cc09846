// Telling others by way of the database: what a transaction decided to send or to have done (a mail, a payment) lies
// in the outbox, and is carried out from there, again and again with growing pauses until it worked. It may happen
// twice (a process dying between doing and noting it); it is left undone only when it failed for three hours. Payments
// and mails stand in two lines: a mail server that says nothing holds up mails, and never money.
import { deadlineIn } from './deadline.ts';
import type { Database } from './pg.ts';
import { sql } from './sql.ts';

export interface OutboxItem {
  readonly id: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, string>>;
}

export type CarryOut = (item: OutboxItem) => Promise<void>;

/** An item waits for those of its own line only. A kind that begins with `payment-` is a payment. */
export type Line = 'payments' | 'mails';

export interface Drain {
  readonly line: Line;
  /** Items in one go. */
  readonly limit: number;
  /** Once aborted no further item is begun: the process that is to end waits for the one under way, not for them all. */
  readonly stopping: AbortSignal;
  readonly failed: (error: unknown) => void;
}

/** Long enough to do it; a process that dies meanwhile leaves the item to the next one after this. */
const LEASE_SECONDS = 60;
const TRIES = 12;
const TIME_MS = 5_000;

/** Takes one that is due and keeps others from taking it for a while. */
function take(db: Database, line: Line): Promise<OutboxItem | undefined> {
  return db
    .transaction(
      (q) =>
        q.row<OutboxItem>(sql`
          UPDATE outbox SET attempts = attempts + 1, next_try_at = now() + make_interval(secs => ${LEASE_SECONDS})
           WHERE id = (SELECT id FROM outbox
                        WHERE sent_at IS NULL AND next_try_at <= now() AND attempts < ${TRIES}
                          AND starts_with(kind, 'payment-') = ${line === 'payments'}
                        ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING id, kind, payload`),
      deadlineIn(TIME_MS),
    )
    .then(({ value }) => value);
}

async function noteDone(db: Database, id: string): Promise<void> {
  // The payload may hold a token or an address: gone once it has done its work.
  await db.transaction(
    (q) => q.run(sql`UPDATE outbox SET sent_at = now(), payload = '{}' WHERE id = ${id}`),
    deadlineIn(TIME_MS),
  );
}

async function noteFailed(db: Database, id: string): Promise<void> {
  await db.transaction(
    (q) =>
      q.run(sql`
        UPDATE outbox SET next_try_at = now() + make_interval(secs => least(3600, 5 * power(2, attempts)))
         WHERE id = ${id}`),
    deadlineIn(TIME_MS),
  );
}

/** Carries out what is due, one after the other. Resolves with how many were. */
export async function drainOutbox(
  db: Database,
  carryOut: CarryOut,
  { line, limit, stopping, failed }: Drain,
): Promise<number> {
  let done = 0;
  for (let count = 0; count < limit && !stopping.aborted; count += 1) {
    const item = await take(db, line);
    if (item === undefined) break;
    try {
      await carryOut(item);
      await noteDone(db, item.id);
      done += 1;
    } catch (error) {
      failed(error);
      await noteFailed(db, item.id);
    }
  }
  return done;
}
