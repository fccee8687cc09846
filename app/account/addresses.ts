// The address book's statements. The preferred address is the one preferred last.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import type { SavedAddress } from './account.ts';

export const MAX_ADDRESSES = 20;

export function listAddresses(q: Querier, accountId: string): Promise<SavedAddress[]> {
  return q.rows<SavedAddress>(sql`
    SELECT id, name, street, postcode, city, country FROM address
     WHERE account_id = ${accountId} ORDER BY preferred_at DESC, id`);
}

/** 'full': there are MAX_ADDRESSES already. 'no-account': it was deleted. */
export type AddressAdded = 'added' | 'full' | 'no-account';

/** Repeating it with the same id changes nothing. The account is locked, so that two at once are counted, too. */
export async function insertAddress(
  q: Querier,
  accountId: string,
  address: SavedAddress,
): Promise<AddressAdded> {
  const owner = await q.row(sql`SELECT id FROM account WHERE id = ${accountId} FOR NO KEY UPDATE`);
  if (owner === undefined) return 'no-account';
  await q.run(sql`
    INSERT INTO address (id, account_id, name, street, postcode, city, country)
    SELECT ${address.id}::uuid, ${accountId}::uuid, ${address.name}, ${address.street}, ${address.postcode},
           ${address.city}, ${address.country}
     WHERE (SELECT count(*) FROM address WHERE account_id = ${accountId}) < ${MAX_ADDRESSES}
    ON CONFLICT (id) DO NOTHING`);
  const kept = await q.row(sql`SELECT id FROM address WHERE id = ${address.id}`);
  return kept === undefined ? 'full' : 'added';
}

export function removeAddress(q: Querier, accountId: string, id: string): Promise<number> {
  return q.run(sql`DELETE FROM address WHERE id = ${id} AND account_id = ${accountId}`);
}

export function preferAddress(q: Querier, accountId: string, id: string): Promise<number> {
  return q.run(sql`UPDATE address SET preferred_at = now() WHERE id = ${id} AND account_id = ${accountId}`);
}
