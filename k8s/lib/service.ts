// Services of the data tiers. A peers Service is headless and publishes members that are not ready, because members
// must find each other in order to become ready.
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { add } from './add.ts';
import { metadata } from './metadata.ts';
import { selectorOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';

export type NamedPorts = Readonly<Record<string, number>>;

export function servicePorts(named: NamedPorts): k8s.ServicePort[] {
  return Object.entries(named).map(([name, port]) => ({
    name,
    port,
    protocol: 'TCP',
    targetPort: k8s.IntOrString.fromString(name),
  }));
}

export function peersService(scope: Construct, release: Release, tier: Tier, named: NamedPorts): void {
  const name = `${tier}-peers`;
  add(scope, k8s.KubeService, `Service/${name}`, {
    metadata: metadata(release, name, tier),
    spec: {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: selectorOf(tier, release),
      ports: servicePorts(named),
    },
  });
}

/** A stable address for one pod: a failover then needs no DNS, and an announced address outlives the pod. */
export function podService(
  scope: Construct,
  release: Release,
  tier: Tier,
  pod: string,
  named: NamedPorts,
): void {
  add(scope, k8s.KubeService, `Service/${pod}`, {
    metadata: metadata(release, pod, tier),
    spec: {
      publishNotReadyAddresses: true,
      selector: { ...selectorOf(tier, release), 'statefulset.kubernetes.io/pod-name': pod },
      ports: servicePorts(named),
    },
  });
}
