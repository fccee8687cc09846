// Asks one member of the database directly, from inside its pod, whatever its role: what a replica really has.
import { execIn } from './kubectl.ts';

/** The superuser's password stays in the pod: read there, passed on by the environment, never printed. */
const psql =
  'PGPASSWORD=$(cat /etc/secrets/pg-credentials/superuser-password) exec psql -h /run/postgresql -U postgres -d app -AXqt';

/** Runs SQL on the member and returns what psql prints, unaligned and without headings. */
export async function queryMember(pod: string, sql: string): Promise<string> {
  const output = await execIn(pod, ['sh', '-c', psql], { container: 'postgres', input: sql });
  return output.trim();
}
