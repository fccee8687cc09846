// What is wrong with a set that has its master, each in one line that names the node: the message of the status and
// of its conditions.
import type { Member, Sentinel, Silence } from './model.ts';
import type { View, Visible } from './view.ts';

export function defectsOf(view: View, master: Visible): readonly string[] {
  return [
    ...view.members.flatMap((member) => (member.name === master.name ? [] : memberDefect(member, master))),
    ...view.visible.flatMap(ownDefects),
    ...view.sentinels.flatMap((sentinel) => sentinelDefect(sentinel, master)),
    ...view.sentinels.flatMap((sentinel) => unawareness(view, sentinel)),
  ];
}

/** Why a node does not answer: in Kubernetes' words where it has some. */
export function silenceOf(node: Pick<Member, 'name' | 'silence' | 'error' | 'fate'>): string {
  if (node.silence === 'rejects') return `${node.name} refuses the operator's login: ${node.error ?? ''}`;
  return `${node.name} does not answer: ${node.fate ?? words[node.silence ?? 'mute']}`;
}

const words: Readonly<Record<Silence, string>> = {
  refused: 'nothing listens there',
  unreachable: 'no connection can be made',
  mute: 'it takes the connection and says nothing',
  rejects: 'it refuses the login',
};

function memberDefect(member: Member, master: Visible): readonly string[] {
  const { name, answer } = member;
  if (answer === undefined) return [silenceOf(member)];
  if (answer.loading) return [`${name} loads its data`];
  if (answer.gated) return [`${name} waits at the gate`];
  if (answer.role === 'replica' && answer.follows !== master.address) {
    return [`${name} follows another master`];
  }
  return !answer.linkUp || answer.syncing ? [`${name} is not in sync`] : [];
}

function ownDefects({ name, answer }: Visible): readonly string[] {
  return [
    ...(answer.writeError === undefined ? [] : [`${name}: ${answer.writeError}`]),
    ...answer.missingUsers.map((user) => `${name} has no ACL user ${user}`),
  ];
}

function sentinelDefect(sentinel: Sentinel, master: Visible): readonly string[] {
  const { name, reachable, watched, tilt } = sentinel;
  if (!reachable) return [silenceOf(sentinel)];
  if (watched === undefined) return [`${name} watches nothing`];
  if (watched.address !== master.address) return [`${name} watches another master`];
  return tilt ? [`${name} distrusts its clock`] : [];
}

function unawareness(view: View, sentinel: Sentinel): readonly string[] {
  if (sentinel.watched === undefined || hasMetEverybody(view, sentinel)) return [];
  return [`${sentinel.name} has not met everybody`];
}

/** A Sentinel that does not know all others yet could not fail over to them. */
export function hasMetEverybody(view: View, { watched }: Sentinel): boolean {
  if (watched === undefined) return false;
  const replicas = watched.replicas.length >= view.members.length - 1;
  return replicas && watched.sentinels.length >= view.sentinels.length - 1;
}
