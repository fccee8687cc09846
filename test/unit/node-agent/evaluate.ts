// What the kernel does with a ruleset, in a few lines: the order of the chain `pod_policies` in render.ts.
import type { Allowance, Ruleset } from '../../../k8s/kind/node-agent/policy/ruleset.ts';
import { contains } from '../../../k8s/kind/node-agent/policy/ranges.ts';
import type { Connection } from './reference.ts';

export function passes(ruleset: Ruleset, connection: Connection): boolean {
  const { localRange, known, ingress, egress, chains } = ruleset;
  const { from, to } = connection;
  for (const address of [from, to]) {
    if (address >= localRange.first && address <= localRange.last && !known.includes(address)) return false;
  }
  if (from === to) return true;
  const survives = (chain: string | undefined, peer: number): boolean =>
    chain === undefined ||
    chains.find(({ name }) => name === chain)!.allowances.some((one) => fits(one, peer, connection));
  return survives(egress.get(from), to) && survives(ingress.get(to), from);
}

function fits({ peers, protocol, ports }: Allowance, peer: number, connection: Connection): boolean {
  if (peers && !contains(peers, peer)) return false;
  if (protocol && protocol !== connection.protocol) return false;
  return !ports || contains(ports, connection.port);
}
