// In which order pods are replaced when their StatefulSet has a newer template.
import { expect } from 'chai';
import { nextRolloutStep } from '../../../../operator/redis/rollout.ts';
import type { PodObject, RolloutView, StatefulSetObject } from '../../../../operator/redis/rollout.ts';

const statefulSet = (name: string): StatefulSetObject => ({
  metadata: { name, generation: 2 },
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
