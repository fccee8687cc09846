// The policy compiler against the plain reading of the API's documentation, on random clusters, and a few cases by name.
import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyRule, Selector } from '../../../k8s/kind/node-agent/cluster/objects.ts';
import { compile, type AddressedPod, type PolicyInput } from '../../../k8s/kind/node-agent/policy/compile.ts';
import { parseIpv4 } from '../../../k8s/kind/node-agent/policy/ipv4.ts';
import { render } from '../../../k8s/kind/node-agent/policy/render.ts';
import { cluster, connection, LOCAL } from './arbitraries.ts';
import { passes } from './evaluate.ts';
import { allowed } from './reference.ts';

const ALL: Selector = { matchLabels: {}, requirements: [] };
const ip = (text: string): number => parseIpv4(text)!;

function pod(address: string, labels: Record<string, string> = {}, port = 80): AddressedPod {
  const namedPorts = [{ name: 'http', protocol: 'TCP' as const, port }];
  return { address: ip(address), namespace: 'default', name: address, labels, namedPorts };
}

function state(pods: AddressedPod[], policies: Partial<PolicyInput['policies'][number]>[]): PolicyInput {
  const defaults = {
    namespace: 'default',
    name: 'p',
    podSelector: ALL,
    ingress: undefined,
    egress: undefined,
  };
  const namespaces = new Map([['default', {}]]);
  return { localRange: LOCAL, pods, namespaces, policies: policies.map((one) => ({ ...defaults, ...one })) };
}

describe('compiling network policies', () => {
  it('decides every connection as the API’s documentation does, on random clusters', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(cluster, fc.array(connection, { minLength: 30, maxLength: 30 }), (input, connections) => {
        const ruleset = compile(input);
        for (const one of connections) {
          expect(passes(ruleset, one), JSON.stringify(one)).to.equal(allowed(input, one));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same text for the same cluster, whatever the order its pods were listed in', () => {
    fc.assert(
      fc.property(cluster, (input) => {
        const rules = { podRange: '10.244.0.0/16', serviceRanges: [], nodeAddresses: [] };
        const text = render({ ...rules, policy: compile(input) });
        const again = render({ ...rules, policy: compile({ ...input, pods: [...input.pods].reverse() }) });
        expect(again).to.equal(text);
      }),
      { numRuns: 200 },
    );
  });

  it('isolates nobody without a policy, and drops what is addressed to an unknown local pod', () => {
    const ruleset = compile(state([pod('10.244.1.2')], []));
    const to = (address: string): boolean =>
      passes(ruleset, { from: ip('192.0.2.1'), to: ip(address), protocol: 'TCP', port: 80 });
    expect(ruleset.chains).to.deep.equal([]);
    expect(to('10.244.1.2')).to.equal(true);
    expect(to('10.244.1.3')).to.equal(false);
    expect(to('10.244.2.3'), 'another node’s pod').to.equal(true);
  });

  it('resolves a named port at the serving pod: its own for ingress, each peer’s for egress', () => {
    const rule: PolicyRule = { peers: [], ports: [{ protocol: 'TCP', port: 'http', endPort: undefined }] };
    const pods = [pod('10.244.1.2', {}, 80), pod('10.244.1.3', {}, 8080), pod('10.244.2.4', {}, 9000)];
    const ruleset = compile(state(pods, [{ ingress: [rule], egress: [rule] }]));
    const open = (from: string, to: string, port: number): boolean =>
      passes(ruleset, { from: ip(from), to: ip(to), protocol: 'TCP', port });
    expect(open('192.0.2.1', '10.244.1.3', 8080)).to.equal(true);
    expect(open('192.0.2.1', '10.244.1.3', 80)).to.equal(false);
    expect(open('10.244.1.2', '10.244.2.4', 9000)).to.equal(true);
    expect(open('10.244.1.2', '10.244.2.4', 80)).to.equal(false);
  });

  it('needs one chain for a hundred pods under the same policies, and one set for equal peers', () => {
    const pods = Array.from({ length: 100 }, (_, index) => pod(`10.244.1.${index + 2}`, { app: 'web' }));
    const peers = [{ podSelector: ALL, namespaceSelector: undefined, ipBlock: undefined }];
    const rule = (port: number): PolicyRule => ({
      peers,
      ports: [{ protocol: 'TCP', port, endPort: undefined }],
    });
    const policy = compile(state(pods, [{ ingress: [rule(80), rule(81)] }, { egress: [rule(80)] }]));
    expect(policy.chains).to.have.length(2);
    const text = render({ policy, podRange: '10.244.0.0/16', serviceRanges: [], nodeAddresses: [] });
    expect(text.match(/set peers_/g)).to.have.length(1);
  });

  describe('with a pod whose namespace is not known yet', () => {
    const stranger = { ...pod('10.244.2.9'), namespace: 'unheard-of' };
    const from = (namespaceSelector: Selector): boolean => {
      const peers = [{ podSelector: undefined, namespaceSelector, ipBlock: undefined }];
      const ruleset = compile(state([pod('10.244.1.2'), stranger], [{ ingress: [{ peers, ports: [] }] }]));
      return passes(ruleset, { from: stranger.address, to: ip('10.244.1.2'), protocol: 'TCP', port: 80 });
    };

    for (const operator of ['DoesNotExist', 'NotIn']) {
      it(`lets it in by no ${operator}: its namespace may have the label`, () => {
        const requirements = [{ key: 'untrusted', operator, values: ['yes'] }];
        expect(from({ matchLabels: {}, requirements })).to.equal(false);
      });
    }

    it('lets it in where every namespace is meant', () => {
      expect(from(ALL)).to.equal(true);
    });
  });
});
