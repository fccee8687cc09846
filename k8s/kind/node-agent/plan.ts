// From what is known to what this node must have: rules, routes, CNI configuration. Pure; undefined while the node has
// no pod range yet, because without one neither a pod nor a rule can exist here.
import { resolveAddresses } from './cluster/addresses.ts';
import type { ClusterView } from './cluster/mirrors.ts';
import type { PodRecord } from './cluster/objects.ts';
import type { Lease } from './network/leases.ts';
import { bootScript } from './network/boot.ts';
import { desiredRoutes, type Route } from './network/routes.ts';
import { compile } from './policy/compile.ts';
import { parseCidr, type Cidr } from './policy/ipv4.ts';
import { render } from './policy/render.ts';

export interface Plan {
  readonly podCidr: Cidr;
  readonly routes: readonly Route[];
  /** For `nft -f`. */
  readonly rules: string;
  /** For the next boot of the node. */
  readonly bootScript: string;
  /** Leases that the rules take into account. */
  readonly knownLeases: ReadonlySet<string>;
}

export interface PlanInput {
  readonly nodeName: string;
  readonly podRange: Cidr;
  readonly view: Omit<ClusterView, 'pods'>;
  /** Of the whole cluster; of two with the same name or address the later one counts. */
  readonly pods: readonly PodRecord[];
  readonly leases: readonly Lease[];
}

export function plan({ nodeName, podRange, view, pods: all, leases }: PlanInput): Plan | undefined {
  const podCidr = parseCidr(view.nodes.get(nodeName)?.podCidr ?? '');
  if (!podCidr) return undefined;
  const { pods, knownLeases } = resolveAddresses(all, leases);
  const nodes = [...view.nodes.values()];
  const policy = compile({
    localRange: podCidr,
    pods,
    namespaces: new Map([...view.namespaces].map(([name, { labels }]) => [name, labels])),
    policies: [...view.policies.values()],
  });
  const ranges = {
    podRange: podRange.text,
    serviceRanges: [...view.serviceRanges.values()].flatMap(({ cidrs }) => cidrs).sort(),
  };
  const rules = render({
    ...ranges,
    policy,
    nodeAddresses: nodes.flatMap(({ internalIp }) => internalIp ?? []).sort(),
  });
  const routes = desiredRoutes(nodes, nodeName, podRange.text);
  return { podCidr, rules, routes, knownLeases, bootScript: bootScript(ranges) };
}
