// `node main.js staff <email>` makes an existing account staff, `--revoke` a shopper again. There is no page for it:
// who can run a command beside the shop is trusted, who can log in is not.
import { deadlineIn } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import type { Database } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';

const WITHIN_MS = 10_000;

/** Throws an error that says what to do when the address is missing or nobody's. */
export async function setRole(db: Database, args: readonly string[], log: Log): Promise<void> {
  const email = args.find((arg) => !arg.startsWith('--'))?.toLowerCase();
  if (email === undefined) throw new Error('staff: say whose: node main.js staff <email> [--revoke]');
  const role = args.includes('--revoke') ? 'shopper' : 'staff';
  const { value: changed } = await db.transaction(
    (q) => q.run(sql`UPDATE account SET role = ${role} WHERE email = ${email}`),
    deadlineIn(WITHIN_MS),
  );
  if (changed === 0) throw new Error('staff: no account has this address; register it in the shop first');
  log.info({ role }, 'staff: the role is set; a new one works from the next login on');
}
