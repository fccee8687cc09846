// The DaemonSet that kind installs in the place of its default CNI.
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../../k8s/kind/node-agent/config.ts';

const text = readFileSync('k8s/kind/node-agent/manifest.yaml', 'utf8');

interface Manifest {
  readonly kind: string;
  readonly rules?: readonly { readonly verbs: string[]; readonly resources: string[] }[];
  readonly spec?: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: { readonly name: string; readonly value?: string }[];
  readonly securityContext: object;
}

describe('the node agent’s manifest', () => {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const container = documents.find(({ kind }) => kind === 'DaemonSet')?.spec?.template.spec.containers[0];

  it('has the two sentences by which kind knows that it may fill it in', () => {
    expect(text).to.contain('would you kindly template this file');
    expect(text).to.contain('would you kindly patch this file');
    expect(text.match(/{{.*?}}/g)).to.deep.equal(['{{ .PodSubnet }}']);
  });

  it('lets the agent read what it needs and write nothing', () => {
    const rules = documents.flatMap((document) => document.rules ?? []);
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).to.deep.equal(new Set(['list', 'watch']));
    expect(rules.flatMap(({ resources }) => resources)).to.have.members([
      ...['nodes', 'pods', 'namespaces', 'networkpolicies', 'servicecidrs'],
    ]);
  });

  it('gives the agent no capability but NET_ADMIN', () => {
    expect(container?.securityContext).to.deep.include({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
    });
  });

  it('sets every variable the agent needs that Kubernetes does not', () => {
    const env = Object.fromEntries(container!.env.map(({ name, value = 'from-the-pod' }) => [name, value]));
    env['POD_SUBNET'] = env['POD_SUBNET']!.replace('{{ .PodSubnet }}', '10.244.0.0/16');
    expect(readConfig({ ...env, KUBERNETES_SERVICE_HOST: '10.96.0.1' }).nodeName).to.equal('from-the-pod');
  });
});
