// Keeps the passwords that the nodes accept at those of the Secret: looks every few seconds, adds at once, removes when
// nobody needs the old ones any more. What to do is planned in logins.ts. No password is ever sent, only its hash.
import { portOf } from './links.ts';
import type { Command } from './links.ts';
import { nodeLogins, planLogins, wantedLogins } from './logins.ts';
import type { LoginChange, NodeLogins, WantedLogins } from './logins.ts';
import type { NodeAddress } from './model.ts';
import type { ActionContext } from './tell.ts';

export interface Rotation {
  /**
   * Begins a turn if one is due, and does not wait for it: a node that hangs must not hold up whoever heals the set.
   * `mayAct` is asked before anything is changed.
   * @returns whom the last turn waited for before the old passwords are removed; empty when only the Secret's are
   * accepted.
   */
  turn(context: ActionContext, textOf: (key: string) => string, mayAct: () => boolean): readonly string[];
}

export interface RotationSettings {
  /** Time between two looks, in milliseconds. @default 2000 */
  readonly everyMs?: number;
  /** How long nobody must have been waited for: who is just reconnecting is seen by no look. @default 15000 */
  readonly settledMs?: number;
}

/** They get time, and until it is over the old passwords are accepted. */
const reconnecting = ['whoever is just reconnecting'] as const;

interface Node {
  readonly kind: 'member' | 'sentinel';
  readonly address: NodeAddress;
}

export function createRotation({ everyMs = 2_000, settledMs = 15_000 }: RotationSettings = {}): Rotation {
  let dueMs = Number.NEGATIVE_INFINITY;
  let isTurning = false;
  let settledSinceMs: number | undefined;
  let waiting: readonly string[] = [];
  const turn = async (context: ActionContext, wanted: WantedLogins, mayAct: () => boolean): Promise<void> => {
    const nodes = nodesOf(context);
    const plan = planLogins(await Promise.all(nodes.map((node) => look(context, node))), wanted);
    const nowMs = context.nowMs();
    const isSettled = plan.removals.length > 0 && plan.additions.length === 0;
    settledSinceMs = isSettled ? (settledSinceMs ?? nowMs) : undefined;
    const isDue = settledSinceMs !== undefined && nowMs - settledSinceMs >= settledMs;
    const changes = [...plan.additions, ...(isDue ? plan.removals : [])];
    if (mayAct()) await Promise.all(nodes.map((node) => change(context, node, changes)));
    const isOver = plan.removals.length === 0 || isDue;
    waiting = plan.waitingFor.length > 0 || isOver ? plan.waitingFor : reconnecting;
  };
  return {
    turn: (context, textOf, mayAct) => {
      const nowMs = context.nowMs();
      if (isTurning || nowMs < dueMs) return waiting;
      dueMs = nowMs + everyMs;
      isTurning = true;
      void turn(context, wantedLogins(textOf), mayAct).finally(() => (isTurning = false));
      return waiting;
    },
  };
}

function nodesOf({ set }: ActionContext): readonly Node[] {
  const nodes = (kind: Node['kind'], addresses: readonly NodeAddress[]): Node[] =>
    addresses.map((address) => ({ kind, address }));
  return [...nodes('member', set.members), ...nodes('sentinel', set.sentinels)];
}

const questions: readonly Command[] = [
  ['acl', 'list'],
  ['client', 'list'],
];

async function look({ links }: ActionContext, { kind, address }: Node): Promise<NodeLogins> {
  const { name } = address;
  const silent: NodeLogins = { name, hashes: undefined, mark: undefined, appMarks: [] };
  const [acl, clients] = await links.ask(portOf(kind, address), questions).catch(() => []);
  return Array.isArray(acl) ? nodeLogins(name, acl.map(String), String(clients)) : silent;
}

async function change(
  { links }: ActionContext,
  { kind, address }: Node,
  changes: readonly LoginChange[],
): Promise<void> {
  const mine = changes.filter(({ node }) => node === address.name);
  if (mine.length === 0) return;
  const commands = mine.map(({ user, rule }): Command => ['acl', 'setuser', user, rule]);
  // One that fails is planned anew by the next look.
  await links.ask(portOf(kind, address), commands).catch(() => undefined);
}
