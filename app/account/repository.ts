// The accounts' statements.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import type { Account } from './account.ts';

export interface AccountWithHash extends Account {
  readonly passwordHash: string;
}

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/** Resolves with the id that has the e-mail address afterwards: another one than `id` when it was taken. */
export async function insertAccount(q: Querier, account: NewAccount): Promise<string | undefined> {
  await q.run(sql`
    INSERT INTO account (id, email, name, password_hash)
    VALUES (${account.id}, ${account.email}, ${account.name}, ${account.passwordHash})
    ON CONFLICT (email) DO NOTHING`);
  const row = await q.row<{ id: string }>(sql`SELECT id FROM account WHERE email = ${account.email}`);
  return row?.id;
}

export function findByEmail(q: Querier, email: string): Promise<AccountWithHash | undefined> {
  return q.row<AccountWithHash>(sql`
    SELECT id, email, name, role, created_at AS "createdAt", password_hash AS "passwordHash"
      FROM account WHERE email = ${email}`);
}

export function findById(q: Querier, id: string): Promise<AccountWithHash | undefined> {
  return q.row<AccountWithHash>(sql`
    SELECT id, email, name, role, created_at AS "createdAt", password_hash AS "passwordHash"
      FROM account WHERE id = ${id}`);
}

export interface PasswordHashes {
  /** Of the password that was looked at. */
  readonly verified: string;
  readonly next: string;
}

/** Resolves with 0 when another password was set since; run again after a lost reply it finds its own. */
export function replacePasswordHash(
  q: Querier,
  id: string,
  { verified, next }: PasswordHashes,
): Promise<number> {
  return q.run(sql`
    UPDATE account SET password_hash = ${next}
     WHERE id = ${id} AND password_hash IN (${verified}, ${next})`);
}

function voidLinks(q: Querier, accountId: string): Promise<number> {
  return q.run(sql`DELETE FROM password_reset WHERE account_id = ${accountId}`);
}

/** The same for a password its owner chose: whoever was sent a link before must not choose another one with it. */
export async function changePasswordHash(q: Querier, id: string, hashes: PasswordHashes): Promise<number> {
  const changed = await replacePasswordHash(q, id, hashes);
  if (changed > 0) await voidLinks(q, id);
  return changed;
}

/** Resolves with 0 when there is no such account. */
export function changeName(q: Querier, id: string, name: string): Promise<number> {
  return q.run(sql`UPDATE account SET name = ${name} WHERE id = ${id}`);
}

export interface EmailChange {
  readonly name: string;
  readonly email: string;
  /** Hash of the password that was looked at. */
  readonly verified: string;
}

/**
 * Voids the links that the address before was sent, and tells it. Resolves with 0 when another password was set since; run
 * again after a lost reply it tells nobody twice. Throws a violation of account_email_unique when the address is another
 * account's.
 */
export async function changeEmail(q: Querier, id: string, change: EmailChange): Promise<number> {
  const { name, email, verified } = change;
  const before = await q.row<{ email: string }>(sql`
    SELECT email FROM account WHERE id = ${id} AND password_hash = ${verified} FOR UPDATE`);
  if (before === undefined) return 0;
  await q.run(sql`
    INSERT INTO outbox (kind, payload)
    SELECT 'email-changed', jsonb_build_object('email', ${before.email}::text)
     WHERE ${before.email}::text <> ${email}::text`);
  await voidLinks(q, id);
  return q.run(sql`UPDATE account SET name = ${name}, email = ${email} WHERE id = ${id}`);
}

/**
 * Orders stay, for bookkeeping, without the account and without who and where. The lock waits for an order that is just
 * being placed: the UPDATE would not see it, and the account's end would take only `account_id` from it.
 */
export async function deleteAccount(q: Querier, id: string): Promise<void> {
  await q.row(sql`SELECT id FROM account WHERE id = ${id} FOR UPDATE`);
  await q.run(sql`
    UPDATE purchase SET account_id = NULL, email = '',
           address = '{"name":"","street":"","postcode":"","city":"","country":""}'
     WHERE account_id = ${id}`);
  await q.run(sql`DELETE FROM account WHERE id = ${id}`);
}

export function exportOrders(q: Querier, id: string): Promise<Record<string, unknown>[]> {
  return q.rows(sql`
    SELECT 'MC-' || p.number AS number, p.status, p.placed_at AS "placedAt", p.email, p.address, p.shipping,
           p.currency, p.total_cents AS "totalCents",
           (SELECT json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity, 'priceCents', l.price_cents))
              FROM purchase_line l WHERE l.purchase_id = p.id) AS lines
      FROM purchase p WHERE p.account_id = ${id} ORDER BY p.placed_at`);
}

export interface NewReset {
  readonly email: string;
  /** Only the mail gets it; the table has its hash. */
  readonly token: string;
  readonly hash: string;
  readonly minutes: number;
}

/**
 * Does the same work whether or not the account exists. FOR SHARE, so that it waits for a change of the address or the
 * password that is under way, and such a change for it: a link that neither saw would outlive what voids them all.
 */
export async function insertReset(q: Querier, reset: NewReset): Promise<void> {
  await q.run(sql`
    WITH asked AS (
      INSERT INTO password_reset (token_hash, account_id, expires_at)
      SELECT ${reset.hash}, id, now() + make_interval(mins => ${reset.minutes})
        FROM account WHERE email = ${reset.email} FOR SHARE
      ON CONFLICT DO NOTHING
      RETURNING account_id
    )
    INSERT INTO outbox (kind, payload)
    SELECT 'password-reset', jsonb_build_object('email', ${reset.email}::text, 'token', ${reset.token}::text)
      FROM asked`);
}

/** Whose link it is, while it works. */
export async function findReset(q: Querier, hash: string): Promise<string | undefined> {
  const found = await q.row<{ id: string }>(sql`
    SELECT account_id AS id FROM password_reset WHERE token_hash = ${hash} AND expires_at > now()`);
  return found?.id;
}

export interface ResetUse {
  readonly accountId: string;
  readonly tokenHash: string;
  readonly passwordHash: string;
}

/**
 * Uses the link up and sets the password; all other links of the account are void afterwards. Resolves with false when
 * another request has used it; run again after a lost reply it finds its own password.
 */
export async function takeReset(q: Querier, use: ResetUse): Promise<boolean> {
  const { accountId, tokenHash, passwordHash } = use;
  const owner = await q.row<{ passwordHash: string }>(sql`
    SELECT password_hash AS "passwordHash" FROM account WHERE id = ${accountId} FOR NO KEY UPDATE`);
  if (owner?.passwordHash === passwordHash) return true;
  const used = await q.run(sql`
    DELETE FROM password_reset
     WHERE token_hash = ${tokenHash} AND account_id = ${accountId} AND expires_at > now()`);
  if (used === 0) return false;
  await q.run(sql`UPDATE account SET password_hash = ${passwordHash} WHERE id = ${accountId}`);
  await voidLinks(q, accountId);
  return true;
}
