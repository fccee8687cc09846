// Orders of pods of the version before, which placed an order first and asked the bank then: one whose payment never
// came to an end gives its pieces back after its time. Every pod sweeps now and then; rows locked by another are
// skipped, so nobody waits and nothing is given back twice.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { giveBack } from './repository.ts';

const AT_ONCE = 20;

/** Resolves with the number of orders that expired, and the articles that got pieces back. */
export async function sweepUnpaid(q: Querier): Promise<{ expired: number; slugs: string[] }> {
  const due = await q.rows<{ id: string }>(sql`
    SELECT id FROM purchase WHERE status = 'pending' AND held_until < now()
     ORDER BY held_until LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`);
  for (const { id } of due) await giveBack(q, id, 'pending', 'expired');
  const ids = due.map(({ id }) => id);
  const lines = await q.rows<{ slug: string }>(
    sql`SELECT DISTINCT slug FROM purchase_line WHERE purchase_id = ANY (${ids}::uuid[])`,
  );
  return { expired: due.length, slugs: lines.map(({ slug }) => slug) };
}

/** Claims are only there to recognise a repeated request; a day later nobody repeats one. */
export function forgetOldClaims(q: Querier): Promise<number> {
  return q.run(sql`DELETE FROM checkout_claim WHERE claimed_at < now() - interval '1 day'`);
}
