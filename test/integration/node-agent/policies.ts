// Short ways to write the objects these tests put in front of the agent, in the API's own shape.
import type { WirePeer, WirePolicy, WirePolicyPort } from '../../../k8s/kind/node-agent/cluster/wire.ts';

type Spec = WirePolicy['spec'];

export function policy(name: string, spec: Partial<Spec>, namespace = 'shop'): WirePolicy {
  return { metadata: { name, namespace, uid: name }, spec: { podSelector: {}, ...spec } };
}

export function pod(name: string, ip: string | undefined, ports: object[] = [], namespace = 'shop'): object {
  return {
    metadata: { name, namespace, uid: `uid-${name}`, labels: { app: name } },
    spec: { containers: [{ ports }] },
    status: { phase: 'Running', podIPs: ip === undefined ? [] : [{ ip }] },
  };
}

export const denyAll = policy('deny-all', { policyTypes: ['Ingress', 'Egress'] });

export const fromApp = (app: string): WirePeer => ({ podSelector: { matchLabels: { app } } });

/** Lets `app` receive from the given peers, on the given ports or all. */
export function allowIngress(app: string, from: WirePeer[], ports: WirePolicyPort[] = []): WirePolicy {
  const podSelector = { matchLabels: { app } };
  return policy(`to-${app}`, { podSelector, policyTypes: ['Ingress'], ingress: [{ from, ports }] });
}

export function allowEgress(app: string, to: WirePeer[], ports: WirePolicyPort[] = []): WirePolicy {
  const podSelector = { matchLabels: { app } };
  return policy(`from-${app}`, { podSelector, policyTypes: ['Egress'], egress: [{ to, ports }] });
}
