// A pod deleted by force is still answering when the API has forgotten it.
import { expect } from 'chai';
import {
  createLingering,
  LINGER_MS,
  type Lingering,
} from '../../../k8s/kind/node-agent/cluster/lingering.ts';
import type { PodRecord } from '../../../k8s/kind/node-agent/cluster/objects.ts';

const pod = (name: string, more: Partial<PodRecord> = {}): PodRecord => ({
  ...{ uid: `uid-${name}`, namespace: 'shop', name, labels: {}, ip: '10.244.1.2' },
  ...{ hostNetwork: false, finished: false, namedPorts: [] },
  ...more,
});
const view = (...pods: PodRecord[]): Map<string, PodRecord> =>
  new Map(pods.map((one) => [`${one.namespace}/${one.name}`, one]));

describe('a pod that the API has forgotten', () => {
  let nowMs: number;
  let ends: number[];
  let lingering: Lingering;
  const uids = (present: Map<string, PodRecord>): string[] =>
    lingering.withForgotten(present).map(({ uid }) => uid);

  beforeEach(() => {
    nowMs = 0;
    ends = [];
    lingering = createLingering({ now: () => nowMs, onEnd: (afterMs) => ends.push(afterMs) });
  });

  it('stays for its time, and asks for a look when that is over', () => {
    uids(view(pod('a')));
    expect(uids(view())).to.deep.equal(['uid-a']);
    nowMs = LINGER_MS - 1;
    expect(uids(view())).to.deep.equal(['uid-a']);
    expect(ends).to.deep.equal([LINGER_MS]);
    nowMs = LINGER_MS;
    expect(uids(view())).to.deep.equal([]);
  });

  it('comes before its successor of the same name, which so takes its address over', () => {
    uids(view(pod('a')));
    expect(uids(view(pod('a', { uid: 'uid-new' })))).to.deep.equal(['uid-a', 'uid-new']);
  });

  it('is not kept twice when the API shows it again', () => {
    uids(view(pod('a')));
    uids(view());
    expect(uids(view(pod('a')))).to.deep.equal(['uid-a']);
  });

  it('is not kept when it had finished, or was in the host’s network', () => {
    uids(view(pod('a', { finished: true }), pod('b', { hostNetwork: true })));
    expect(uids(view())).to.deep.equal([]);
    expect(ends).to.deep.equal([]);
  });
});
