// The passwords of a store's Secret on the cluster under test, and their replacement as an admin does it: by an edit of
// the Secret. Kubelet mounts the new ones in its own time, up to a minute later and on each node in another moment.
import { randomBytes } from 'node:crypto';
import type { V1Secret } from '@kubernetes/client-node';
import { getJson, kubectl } from './kubectl.ts';

/** By key of the Secret. */
export type Passwords = Readonly<Record<string, string>>;

export async function passwordsIn(secret: string): Promise<Passwords> {
  const { data = {} } = await getJson<V1Secret>('secret', secret);
  const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return Object.fromEntries(texts) as Passwords;
}

/** Every value becomes another one; resolves with those before. */
export async function replacePasswords(secret: string): Promise<Passwords> {
  const former = await passwordsIn(secret);
  const next = Object.keys(former).map((key) => [key, randomBytes(24).toString('hex')]);
  const edited = {
    ...(await getJson<object>('secret', secret)),
    stringData: Object.fromEntries(next) as Passwords,
  };
  await kubectl(['replace', '-f', '-'], { input: JSON.stringify(edited) });
  return former;
}

/** Where passwords are tried: which nodes, which users by what the Secret calls their passwords, and how. */
export interface Doors {
  readonly nodes: readonly string[];
  /** Password's name by user. */
  readonly users: Readonly<Record<string, string>>;
  readonly letsIn: (node: string, user: string, password: string) => Promise<boolean>;
}

/** Every node lets every user in with these, or none does. Throws which one differs. */
export async function expectLetIn(
  { nodes, users, letsIn }: Doors,
  wanted: boolean,
  texts: Passwords,
): Promise<void> {
  for (const node of nodes) {
    for (const [user, key] of Object.entries(users)) {
      if ((await letsIn(node, user, texts[`${key}-password`] ?? '')) === wanted) continue;
      throw new Error(`${node} ${wanted ? 'refuses the new' : 'takes the old'} password of ${user}`);
    }
  }
}
