// Makes the roles of a primary have the passwords of the Secret. A role has one password, and clients learn of a new one
// at different moments; so the former ones stay good for a while under the names `<role>_before_1` and `_2`, which are
// the role in everything but name. Verifiers are moved, never clear text.
import pg from 'pg';
import { createSql } from '../sql.ts';
import { REPLICATION_ROLE } from '../postgres-config.ts';
import type { Settings } from '../settings.ts';
import { formerRoles } from './former-roles.ts';
import type { Passwords } from './known-passwords.ts';
import { isVerifierOf, scramVerifier } from './scram.ts';

/** Longer than the files of any client lag behind the Secret. */
const GRACE = '30 minutes';
const DEADLINE_MS = 5000;

type Run = <Row extends object>(text: string) => Promise<readonly Row[]>;

/** Names of roles whose password was changed. Rejects when Postgres refuses. */
export async function setPasswords(settings: Settings, passwords: Passwords): Promise<readonly string[]> {
  const sql = createSql(settings);
  const run: Run = (text) => sql.query(text, DEADLINE_MS);
  try {
    // The standbys may be waiting for this very change before they can acknowledge anything.
    await run('SET synchronous_commit = local');
    const changed = [
      await setOne(run, 'postgres', passwords['superuser-password'], []),
      await setOne(run, REPLICATION_ROLE, passwords['replication-password'], []),
      await setOne(run, settings.owner, passwords['app-password'], formerRoles(settings.owner)),
    ];
    return changed.flatMap((name) => name ?? []);
  } finally {
    sql.close();
  }
}

/** The role's name when its password was changed, else null. */
async function setOne(
  run: Run,
  role: string,
  password: string,
  former: readonly string[],
): Promise<string | null> {
  const verifiers = await readVerifiers(run, [role, ...former]);
  const now = verifiers.get(role) ?? null;
  if (isVerifierOf(now, password)) return null;
  await run('BEGIN');
  try {
    // The oldest first: each takes over what the next newer one had.
    for (const [index, name] of [...former.entries()].reverse()) {
      const taken = index === 0 ? now : (verifiers.get(former[index - 1] ?? '') ?? null);
      if (taken !== null) {
        await keepFormer(run, { name, of: role, verifier: taken, exists: verifiers.has(name) });
      }
    }
    await run(`ALTER ROLE ${quote(role)} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
    await run('COMMIT');
    return role;
  } catch (error) {
    await run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

interface Former {
  readonly name: string;
  readonly of: string;
  readonly verifier: string;
  readonly exists: boolean;
}

async function keepFormer(run: Run, { name, of, verifier, exists }: Former): Promise<void> {
  const password = `PASSWORD ${pg.escapeLiteral(verifier)}`;
  const [row] = await run<{ until: string }>(`SELECT (now() + interval '${GRACE}')::text AS until`);
  const until = `VALID UNTIL ${pg.escapeLiteral(row?.until ?? '')}`;
  await run(`${exists ? 'ALTER' : 'CREATE'} ROLE ${quote(name)} LOGIN ${password} ${until}`);
  if (exists) return;
  await run(`GRANT ${quote(of)} TO ${quote(name)}`);
  // What it makes belongs to the role, as if that had logged in.
  await run(`ALTER ROLE ${quote(name)} SET role = ${pg.escapeLiteral(of)}`);
}

async function readVerifiers(
  run: Run,
  names: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const list = names.map((name) => pg.escapeLiteral(name)).join(', ');
  const rows = await run<{ name: string; verifier: string | null }>(
    `SELECT rolname AS name, rolpassword AS verifier FROM pg_authid WHERE rolname IN (${list})`,
  );
  return new Map(rows.map(({ name, verifier }) => [name, verifier]));
}

function quote(name: string): string {
  return pg.escapeIdentifier(name);
}
