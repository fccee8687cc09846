// In which order pods are replaced when their StatefulSet has a newer template.
import { expect } from 'chai';
import { nextRolloutStep } from '../../../../operator/redis/rollout.ts';
import type { PodObject, RolloutView, StatefulSetObject } from '../../../../operator/redis/rollout.ts';

const statefulSet = (name: string): StatefulSetObject => ({
  metadata: { name, generation: 2 },
  spec: { replicas: 3 },
  status: { updateRevision: 'new', observedGeneration: 2 },
});

const pod = (name: string, revision: string, ready = true): PodObject => ({
  metadata: { name, uid: `uid-${name}`, labels: { 'controller-revision-hash': revision } },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

const names = ['redis-0', 'redis-1', 'redis-2', 'sentinel-0', 'sentinel-1', 'sentinel-2'];
const view = (outdated: readonly string[], change: Partial<RolloutView> = {}): RolloutView => ({
  pods: names.map((name) => pod(name, outdated.includes(name) ? 'old' : 'new')),
  members: statefulSet('redis'),
  sentinels: statefulSet('sentinel'),
  master: 'redis-0',
  healthyMs: 10_000,
  ...change,
});

describe('a rollout of the Redis set', () => {
  it('does nothing when every pod is new', () => {
    expect(nextRolloutStep(view([]))).to.equal(undefined);
  });

  it('replaces Sentinels first, then replicas, each by its uid', () => {
    expect(nextRolloutStep(view(names))).to.deep.equal({
      kind: 'delete',
      pod: 'sentinel-0',
      uid: 'uid-sentinel-0',
    });
    const members = names.slice(0, 3);
    expect(nextRolloutStep(view(members))).to.include({ kind: 'delete', pod: 'redis-1' });
  });

  it('switches away from an outdated master instead of deleting it', () => {
    expect(nextRolloutStep(view(['redis-0']))).to.deep.equal({ kind: 'switch', to: 'redis-1' });
  });

  it('waits while the set is not healthy, or only just', () => {
    expect(nextRolloutStep(view(['redis-1'], { healthyMs: 0 }))).to.equal(undefined);
  });

  it('waits while another pod is away', () => {
    const pods = [...view(['redis-1']).pods.slice(0, 5), pod('sentinel-2', 'new', false)];
    expect(nextRolloutStep(view(['redis-1'], { pods }))).to.equal(undefined);
  });

  it('does not trust a status that has not caught up with the spec', () => {
    const members = {
      metadata: { name: 'redis', generation: 3 },
      status: { updateRevision: 'new', observedGeneration: 2 },
    };
    expect(nextRolloutStep(view(['redis-1'], { members }))).to.equal(undefined);
  });
});

describe('a rollout whose first pod cannot start', () => {
  type State = NonNullable<NonNullable<PodObject['status']>['containerStatuses']>[number]['state'];
  const waiting: State = { waiting: { reason: 'ImagePullBackOff' } };

  /** As `pod`, but not ready; without a state it has no container yet. */
  const away = (name: string, revision: string, state?: State): PodObject => {
    const { metadata, status } = pod(name, revision, false);
    return { metadata, status: { ...status, ...(state && { containerStatuses: [{ state }] }) } };
  };

  /** What is done with these pods in place of healthy ones. */
  const stepWith = (
    pods: readonly PodObject[],
    change: Partial<RolloutView> = {},
  ): ReturnType<typeof nextRolloutStep> => {
    const others = names.filter((name) => pods.every(({ metadata }) => metadata.name !== name));
    const all = [...others.map((name) => pod(name, 'old')), ...pods];
    return nextRolloutStep(view([], { pods: all, healthyMs: 0, ...change }));
  };

  for (const name of ['sentinel-0', 'redis-1']) {
    it(`replaces ${name} as soon as its template is corrected`, () => {
      const deletion = { kind: 'delete', pod: name, uid: `uid-${name}` };
      expect(stepWith([away(name, 'bad', waiting)])).to.deep.equal(deletion);
      expect(stepWith([away(name, 'bad')]), 'on no node').to.deep.equal(deletion);
    });
  }

  const left: readonly (readonly [string, readonly PodObject[], Partial<RolloutView>?])[] = [
    ['is of the newest template', [away('sentinel-0', 'new', waiting)]],
    ['has a container that runs', [away('sentinel-0', 'bad', { running: {} })]],
    ['is not the only one', [away('sentinel-0', 'bad', waiting), away('redis-1', 'old', { running: {} })]],
    ['is the master', [away('redis-0', 'bad', waiting)]],
    ['is in a set without a known master', [away('sentinel-0', 'bad', waiting)], { master: undefined }],
  ];
  for (const [why, pods, change] of left) {
    it(`leaves one alone that ${why}`, () => {
      expect(stepWith(pods, change)).to.equal(undefined);
    });
  }

  it('leaves one alone that is being deleted already', () => {
    const { metadata, status } = away('sentinel-0', 'bad', waiting);
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(stepWith([{ metadata: { ...metadata, deletionTimestamp }, status }])).to.equal(undefined);
  });

  it('leaves one alone while another pod is missing', () => {
    const pods = [...names.slice(0, 4).map((name) => pod(name, 'old')), away('sentinel-1', 'bad', waiting)];
    expect(nextRolloutStep(view([], { pods, healthyMs: 0 }))).to.equal(undefined);
  });
});
