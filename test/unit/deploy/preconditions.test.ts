import { expect } from 'chai';
import { checkZones } from '../../../k8s/deploy/preconditions.ts';
import type { KubeObject } from '../../../k8s/deploy/target.ts';

const node = (name: string, labels: Readonly<Record<string, string>>): KubeObject => ({
  kind: 'Node',
  metadata: { name, labels, creationTimestamp: '' },
  spec: {},
});
const zoned = node('a', { 'topology.kubernetes.io/zone': 'zone-a' });
const plain = node('b', { 'kubernetes.io/hostname': 'b' });

describe('before a deployment onto a cluster that was named', () => {
  it('nodes that all lack a zone are refused with what to do: pods of the stores would wait without a word', () => {
    expect(() => checkZones([plain])).to.throw('kubectl label node NAME topology.kubernetes.io/zone=ZONE');
  });

  it('one node with a zone is enough to begin with, also beside others', () => {
    checkZones([plain, zoned]);
  });

  it('a cluster that grows its nodes on demand may have none yet', () => {
    checkZones([]);
  });
});
