// Whose tries are counted together. An IPv4 address is one household or office; with IPv6 every one of them has a /64,
// and could otherwise come from another address for each try.
import { isIPv6 } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;
/** An IPv4 address as a dual-stack socket names it. */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));

/** The address itself for IPv4, the /64 it is in for IPv6. */
export function networkOf(address: string): string {
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return address;
  const [head = '', tail = ''] = plain.split('::', 2);
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const missing = plain.includes('::') ? GROUPS - before.length - after.length : 0;
  const groups = [...before, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...after];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
