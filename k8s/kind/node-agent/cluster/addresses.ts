// Which pod is behind which address at this moment. Two sources: the API (every node's pods, about a second late) and
// this node's leases (before the pod starts). For an address that both name, the lease is right: the API may
// still show it at a pod whose sandbox is gone.
import { parseIpv4 } from '../policy/ipv4.ts';
import type { AddressedPod } from '../policy/compile.ts';
import type { Lease } from '../network/leases.ts';
import type { PodRecord } from './objects.ts';

export interface Addresses {
  readonly pods: readonly AddressedPod[];
  /** Ids of the leases whose pod is known. */
  readonly knownLeases: ReadonlySet<string>;
}

export function resolveAddresses(pods: Iterable<PodRecord>, leases: readonly Lease[]): Addresses {
  const byAddress = new Map<number, AddressedPod>();
  const byUid = new Map<string, PodRecord>();
  const byName = new Map<string, PodRecord>();
  for (const pod of pods) {
    if (pod.hostNetwork || pod.finished) continue;
    byUid.set(pod.uid, pod);
    byName.set(`${pod.namespace}/${pod.name}`, pod);
    assign(byAddress, pod.ip, pod);
  }
  const knownLeases = new Set<string>();
  for (const lease of leases) {
    const pod = lease.uid ? byUid.get(lease.uid) : byName.get(`${lease.namespace}/${lease.name}`);
    if (!pod) {
      // Given to a pod that the API has not shown yet, or has forgotten: nobody's rules fit it.
      byAddress.delete(parseIpv4(lease.ip) ?? -1);
      continue;
    }
    assign(byAddress, lease.ip, pod);
    knownLeases.add(lease.id);
  }
  return { pods: [...byAddress.values()], knownLeases };
}

function assign(byAddress: Map<number, AddressedPod>, ip: string | undefined, pod: PodRecord): void {
  const address = ip === undefined ? undefined : parseIpv4(ip);
  if (address === undefined) return;
  const { namespace, name, labels, namedPorts } = pod;
  byAddress.set(address, { address, namespace, name, labels, namedPorts });
}
