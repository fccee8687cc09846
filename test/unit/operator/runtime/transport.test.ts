// Which pods speak plainly although their StatefulSet wants TLS: they go together, and nobody else does.
import { expect } from 'chai';
import { plainPodsOf } from '../../../../operator/runtime/transport-controller.ts';
import type { StatefulSetObject } from '../../../../operator/runtime/transport-controller.ts';
import { TLS_ANNOTATION, trustFor } from '../../../../operator/runtime/transport.ts';

const tls = { [TLS_ANNOTATION]: 'set-tls' };
const pod = (name: string, annotations: Record<string, string> = {}) => ({ metadata: { name, annotations } });

function statefulSet(annotations: Record<string, string>, observedGeneration = 2): StatefulSetObject {
  return {
    metadata: { name: 'set', generation: 2 },
    spec: { template: { metadata: { annotations } } },
    status: { observedGeneration },
  };
}

describe('a change to TLS', () => {
  const pods = [pod('set-0'), pod('set-1', tls), pod('set-2'), pod('settings-0'), pod('other-0')];

  it('replaces all pods of the set that speak plainly, and no other', () => {
    const names = plainPodsOf(statefulSet(tls), pods).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(['set-0', 'set-2']);
  });

  it('replaces nothing while the template asks for no TLS, or is not the one that new pods are made from', () => {
    expect(plainPodsOf(statefulSet({}), pods)).to.be.empty;
    expect(plainPodsOf(statefulSet(tls, 1), pods)).to.be.empty;
  });

  it('does not ask twice for a pod that is going', () => {
    const going = { metadata: { name: 'set-0', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(plainPodsOf(statefulSet(tls), [going])).to.be.empty;
  });
});

describe('a pod', () => {
  const secrets = (ca: string | null) => ({ get: () => ca, stop: () => undefined });

  it('without a certificate is spoken to plainly, one with it never', () => {
    expect(trustFor(pod('set-0'), secrets('CA'))).to.deep.equal({ known: true, ca: null });
    expect(trustFor(pod('set-0', tls), secrets('CA'))).to.deep.equal({ known: true, ca: 'CA' });
  });

  it('with a certificate waits until it is known whom to trust', () => {
    expect(trustFor(pod('set-0', tls), secrets(null))).to.deep.equal({ known: false });
    expect(trustFor(pod('set-0', tls), secrets(''))).to.deep.equal({ known: false });
  });
});
