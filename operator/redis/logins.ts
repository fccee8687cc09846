// How passwords are rotated without a refused login. What the Secret holds is added everywhere beside what is there; the
// old ones go when every node says that it uses the new ones and no app is connected with another. A node that does
// not answer may still need the old ones, and is waited for. Plain data: rotation.ts looks and acts.
import { createHash } from 'node:crypto';
import { wordsOf } from './passwords.ts';

/** The users that log in to nodes, and the key each has its password under. */
export const keyOfUser = {
  app: 'app',
  metrics: 'metrics',
  operator: 'operator',
  replica: 'replication',
  sentinel: 'sentinel',
} as const;
type User = keyof typeof keyOfUser;
const users = Object.keys(keyOfUser) as User[];

/** What one node knows. */
export interface NodeLogins {
  readonly name: string;
  /** SHA-256 of the passwords that it accepts, by user; undefined when it did not answer. */
  readonly hashes: ReadonlyMap<string, readonly string[]> | undefined;
  /** Stands for all the passwords that it uses itself. */
  readonly mark: string | undefined;
  /** Stands for the password of each app connection that tells it. */
  readonly appMarks: readonly string[];
}

export interface WantedLogins {
  readonly hashes: Readonly<Record<User, readonly string[]>>;
  readonly mark: string;
}

export interface LoginChange {
  readonly node: string;
  readonly user: string;
  /** As ACL SETUSER takes it: `#hash` adds one, `!hash` removes one. */
  readonly rule: string;
}

export interface LoginPlan {
  readonly additions: readonly LoginChange[];
  /** Due once nobody has been waited for for a while. */
  readonly removals: readonly LoginChange[];
  /** Who still uses an old password, or may; in words. */
  readonly waitingFor: readonly string[];
}

/** @param textOf what the Secret holds of a key: one or more passwords, newest first. */
export function wantedLogins(textOf: (key: string) => string): WantedLogins {
  const words = (user: User): readonly string[] => wordsOf(textOf(keyOfUser[user]));
  const lines = users.map(
    (user) =>
      `${words(user)
        .map((word) => ` ${word}`)
        .join('')}:${keyOfUser[user]}\n`,
  );
  const hashes = Object.fromEntries(users.map((user) => [user, words(user).map(sha256)]));
  return { hashes: hashes as Record<User, string[]>, mark: sha256(lines.join('')) };
}

export function planLogins(nodes: readonly NodeLogins[], wanted: WantedLogins): LoginPlan {
  const isComplete = users.every((user) => wanted.hashes[user].length > 0);
  // An unreadable Secret must not lock anybody out.
  if (!isComplete) return { additions: [], removals: [], waitingFor: ['the Secret, which lacks passwords'] };
  const changes = (of: (node: NodeLogins, user: User) => readonly string[], sign: string): LoginChange[] =>
    nodes.flatMap((node) =>
      users.flatMap((user) => of(node, user).map((hash) => ({ node: node.name, user, rule: sign + hash }))),
    );
  const surplus = (node: NodeLogins, user: User): string[] =>
    known(node, user).filter((hash) => !wanted.hashes[user].includes(hash));
  const isRotating = nodes.some((node) => users.some((user) => surplus(node, user).length > 0));
  const waitingFor = nodes.flatMap((node) => whyToWait(node, wanted));
  const everywhere = (user: User): string[] => [
    ...new Set([...wanted.hashes[user], ...nodes.flatMap((node) => known(node, user))]),
  ];
  return {
    // Also the old ones where one lacks them: a node that was restarted meanwhile must not be the only one without.
    additions: changes((node, user) => {
      const needed = waitingFor.length > 0 ? everywhere(user) : wanted.hashes[user];
      // A user who is missing altogether would be made, without any rights: that hides the defect.
      return node.hashes?.has(user) ? needed.filter((hash) => !known(node, user).includes(hash)) : [];
    }, '#'),
    removals: waitingFor.length > 0 ? [] : changes(surplus, '!'),
    waitingFor: isRotating ? waitingFor : [],
  };
}

const known = ({ hashes }: NodeLogins, user: User): readonly string[] => hashes?.get(user) ?? [];

function whyToWait(node: NodeLogins, wanted: WantedLogins): string[] {
  if (node.hashes === undefined) return [`${node.name}, which does not answer`];
  if (node.mark !== wanted.mark) return [`${node.name}, which uses other passwords`];
  const mayHave = wanted.hashes.app.map((hash) => hash.slice(0, markLength));
  const others = node.appMarks.filter((mark) => !mayHave.includes(mark)).length;
  return others === 0 ? [] : [`${others} connections of the app to ${node.name}`];
}

const markLength = 8;

/** From the lines of `ACL LIST` and `CLIENT LIST`. */
export function nodeLogins(name: string, acl: readonly string[], clients: string): NodeLogins {
  const hashes = new Map(
    acl.map((line): [string, string[]] => {
      const [, user = '', ...rules] = line.split(' ');
      return [user, rules.filter((rule) => rule.startsWith('#')).map((rule) => rule.slice(1))];
    }),
  );
  const apps = clients.split('\n').filter((line) => / user=app( |$)/.test(line));
  const appMarks = apps.flatMap((line) => / name=\S+@([0-9a-f]{8})( |$)/.exec(line)?.[1] ?? []);
  return { name, hashes, mark: hashes.get('mounted')?.[0], appMarks };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
