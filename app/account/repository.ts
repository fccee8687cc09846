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

export function setPasswordHash(q: Querier, id: string, hash: string): Promise<number> {
  return q.run(sql`UPDATE account SET password_hash = ${hash} WHERE id = ${id}`);
}
