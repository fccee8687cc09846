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

/** Repeating it with the same id changes nothing; beyond MAX_ADDRESSES nothing is added and 0 is the answer. */
export function insertAddress(q: Querier, accountId: string, address: SavedAddress): Promise<number> {
  return q.run(sql`
    INSERT INTO address (id, account_id, name, street, postcode, city, country)
    SELECT ${address.id}::uuid, ${accountId}::uuid, ${address.name}, ${address.street}, ${address.postcode},
           ${address.city}, ${address.country}
     WHERE (SELECT count(*) FROM address WHERE account_id = ${accountId}) < ${MAX_ADDRESSES}
    ON CONFLICT (id) DO NOTHING`);
}

export function removeAddress(q: Querier, accountId: string, id: string): Promise<number> {
  return q.run(sql`DELETE FROM address WHERE id = ${id} AND account_id = ${accountId}`);
}

export function preferAddress(q: Querier, accountId: string, id: string): Promise<number> {
  return q.run(sql`UPDATE address SET preferred_at = now() WHERE id = ${id} AND account_id = ${accountId}`);
}
