// Other ways to look at the table of edges: the picture in the README, and the list of connections that the
// reachability tests open, allowed and refused.
import { edges, isTier } from './edges.ts';
import type { Edge, Party } from './edges.ts';
import { ports } from './names.ts';
import { tiers } from './tiers.ts';
import type { Tier } from './tiers.ts';

export interface Reach {
  readonly from: Tier;
  readonly to: Tier;
  readonly port: number;
  readonly allowed: boolean;
}

/** What each tier listens on; a pod of `migrate` or `smoke` listens on nothing. */
export const listening: Readonly<Partial<Record<Tier, readonly number[]>>> = {
  app: [ports.app, ports.appOps],
  pg: [ports.postgres, ports.agent],
  redis: [ports.redis],
  sentinel: [ports.sentinel],
  operator: [ports.operatorOps],
};

/** Every tier against every listening port of every tier, with what the table says about it. */
export function reachability(table: readonly Edge[] = edges): Reach[] {
  return tiers.flatMap((from) =>
    tiers.flatMap((to) =>
      (listening[to] ?? []).map((port) => ({ from, to, port, allowed: isAllowed(table, from, to, port) })),
    ),
  );
}

function isAllowed(table: readonly Edge[], from: Party, to: Party, port: number): boolean {
  return table.some((edge) => edge.from === from && edge.to === to && edge.ports.includes(port));
}

/** GitHub draws it: one arrow per pair of parties, with the ports on it. */
export function mermaid(table: readonly Edge[] = edges): string {
  const pairs = new Map<string, Set<number>>();
  for (const { from, to, ports: edgePorts } of table) {
    const arrow = `${id(from)} %% ${id(to)}`;
    pairs.set(arrow, new Set([...(pairs.get(arrow) ?? []), ...edgePorts]));
  }
  const parties = [...new Set(table.flatMap(({ from, to }) => [from, to]))];
  return [
    'flowchart LR',
    ...parties.filter((party) => !isTier(party)).map((party) => `  ${id(party)}([${party}])`),
    '  subgraph namespace',
    ...parties.filter(isTier).map((tier) => `    ${id(tier)}[${tier}]`),
    '  end',
    ...[...pairs].map(([arrow, set]) => `  ${arrow.replace('%%', `-- ${[...set].join(', ')} -->`)}`),
    '',
  ].join('\n');
}

function id(party: Party): string {
  return party.replace('-', '_');
}

// For the README: node k8s/lib/edge-views.ts
if (import.meta.main) process.stdout.write(mermaid());
