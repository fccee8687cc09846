// Who a rule's `from` or `to` means, as addresses.
import type { Labels, Peer, Selector } from '../cluster/objects.ts';
import type { AddressedPod } from './compile.ts';
import { parseCidr } from './ipv4.ts';
import { rangeSet, subtract, type Range, type RangeSet } from './ranges.ts';
import { asksNothing, selects } from './selectors.ts';

interface Cluster {
  readonly pods: readonly AddressedPod[];
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** Undefined: everyone (no peers are named). An empty set: no one at this moment. */
export function peerAddresses(
  peers: readonly Peer[],
  ownNamespace: string,
  cluster: Cluster,
): RangeSet | undefined {
  if (peers.length === 0) return undefined;
  return rangeSet(
    peers.flatMap((peer) =>
      peer.ipBlock ? blockAddresses(peer.ipBlock) : podAddresses(peer, ownNamespace, cluster),
    ),
  );
}

/** A block or exception that is not IPv4 has no address here. */
function blockAddresses({ cidr, except }: NonNullable<Peer['ipBlock']>): RangeSet {
  const block = parseCidr(cidr);
  if (!block) return [];
  return subtract(
    [{ first: block.first, last: block.last }],
    rangeSet(except.flatMap((text) => parseCidr(text) ?? [])),
  );
}

/** With both selectors: pods that match, in namespaces that match. With one: it alone, the other as the API defaults it. */
function podAddresses(
  { podSelector, namespaceSelector }: Peer,
  ownNamespace: string,
  cluster: Cluster,
): Range[] {
  if (!podSelector && !namespaceSelector) return [];
  return cluster.pods
    .filter(({ namespace, labels }) => {
      const inNamespace = namespaceSelector
        ? selectsNamespace(namespaceSelector, cluster.namespaces.get(namespace))
        : namespace === ownNamespace;
      return inNamespace && (!podSelector || selects(podSelector, labels));
    })
    .map(({ address }) => ({ first: address, last: address }));
}

/** Of a namespace that was not heard of yet nobody knows which labels it lacks: no `NotIn` or `DoesNotExist` may let it in. */
function selectsNamespace(selector: Selector, labels: Labels | undefined): boolean {
  return labels ? selects(selector, labels) : asksNothing(selector);
}
