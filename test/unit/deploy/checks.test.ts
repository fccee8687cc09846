import { expect } from 'chai';
import { checks, outdatedMembers } from '../../../k8s/deploy/checks.ts';
import type { Verdict } from '../../../k8s/deploy/checks.ts';
import { statusLines } from '../../../k8s/deploy/status-lines.ts';
import { whatIsStuck } from '../../../k8s/deploy/stuck.ts';
import type { KubeObject, Target } from '../../../k8s/deploy/target.ts';

const target: Target = { context: 'kind-myclothes', namespace: 'myclothes', env: {}, isLocal: true };

function object(
  kind: string,
  name: string,
  parts: { spec?: object; status?: object; metadata?: object },
): KubeObject {
  const metadata = { name, generation: 2, creationTimestamp: '2026-01-01T00:00:00Z', ...parts.metadata };
  return { kind, metadata, spec: parts.spec ?? {}, status: parts.status ?? {} } as KubeObject;
}

const since = new Date('2026-01-02T10:00:00Z');

function look(name: string, ...snapshot: KubeObject[]): Verdict {
  const check = checks('abc', since).find((one) => one.name === name);
  if (!check) throw new Error(`no check ${name}`);
  return check.look(snapshot);
}

const scaler = object('HorizontalPodAutoscaler', 'app', { spec: { minReplicas: 3 } });
const deployment = (status: object, replicas = 3) =>
  object('Deployment', 'app', { spec: { replicas }, status: { observedGeneration: 2, ...status } });
const late = (lastUpdateTime: string) => ({
  ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime },
});
const set = (status: object) => object('PostgresSet', 'pg', { status });
const ready = (status: string, message = '') => [{ type: 'Ready', status, message }];

describe('A deployment', () => {
  it('has its app when all new pods are available and no old one is left', () => {
    expect(
      look('app', scaler, deployment({ availableReplicas: 3, updatedReplicas: 3, replicas: 3 })),
    ).to.deep.equal({
      state: 'done',
      says: '3 of 3 pods',
    });
  });

  for (const [what, status] of [
    ['an old pod is left', { availableReplicas: 4, updatedReplicas: 3, replicas: 4 }],
    [
      'the numbers are about the template before',
      { availableReplicas: 3, updatedReplicas: 3, replicas: 3, observedGeneration: 1 },
    ],
    ['a pod is not available', { availableReplicas: 2, updatedReplicas: 3, replicas: 3 }],
  ] as const) {
    it(`waits for its app while ${what}`, () => {
      expect(look('app', scaler, deployment(status)).state).to.equal('waiting');
    });
  }

  it('waits for as many pods as the autoscaler wants at least, though the Deployment began with one', () => {
    const one = deployment({ availableReplicas: 1, updatedReplicas: 1, replicas: 1 }, 1);
    expect(look('app', scaler, one)).to.deep.equal({ state: 'waiting', says: '1 of 3 pods' });
  });

  it('fails when new pods never became ready', () => {
    const conditions = [late('2026-01-02T10:15:00Z')];
    expect(look('app', scaler, deployment({ conditions })).state).to.equal('failed');
  });

  it('does not fail for what the deployment before has left, or the template before', () => {
    const before = { conditions: [late('2026-01-02T09:59:59Z')] };
    expect(look('app', scaler, deployment(before)).state).to.equal('waiting');
    const older = { conditions: [late('2026-01-02T10:15:00Z')], observedGeneration: 1 };
    expect(look('app', scaler, deployment(older)).state).to.equal('waiting');
  });

  it('has Postgres when the set is Ready, says who is primary, and believes only a current status', () => {
    const status = { primary: 'pg-1', conditions: ready('True') };
    expect(look('postgres', set({ ...status, observedGeneration: 2 }))).to.deep.equal({
      state: 'done',
      says: 'primary pg-1',
    });
    expect(look('postgres', set({ ...status, observedGeneration: 1 })).state).to.equal('waiting');
  });

  it('repeats what the set says is missing', () => {
    const says = 'pg-2 does not answer';
    expect(look('postgres', set({ conditions: ready('False', says) }))).to.deep.equal({
      state: 'waiting',
      says,
    });
  });

  it('waits for the migration of its own image, not of an older one', () => {
    const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
    expect(look('migrate', object('Job', 'app-migrate-old-123456', { status: complete })).state).to.equal(
      'waiting',
    );
    expect(look('migrate', object('Job', 'app-migrate-abc-123456', { status: complete })).state).to.equal(
      'done',
    );
  });

  it('fails with its migration', () => {
    const conditions = [{ type: 'Failed', status: 'True', message: 'Job has reached the backoff limit' }];
    expect(
      look('migrate', object('Job', 'app-migrate-abc-123456', { status: { conditions } })),
    ).to.deep.equal({
      state: 'failed',
      says: 'Job has reached the backoff limit',
    });
  });
});

describe('A finished deployment', () => {
  it('names the members of stateful sets that still run the version before', () => {
    const member = (name: string, hash: string) =>
      object('Pod', name, { metadata: { labels: { 'controller-revision-hash': hash } } });
    const pg = object('StatefulSet', 'pg', { status: { updateRevision: 'pg-new' } });
    const others = object('Pod', 'app-68cfcb5c97-9bbq9', {});
    expect(outdatedMembers([pg, member('pg-0', 'pg-new'), member('pg-1', 'pg-old'), others])).to.deep.equal([
      'pg-1',
    ]);
  });
});

describe('A deployment that is stuck', () => {
  const container = (state: object, more: object = {}) => ({ name: 'app', ready: false, state, ...more });

  it('names the pods that are not ready, each with the reason Kubernetes gives', () => {
    const pods = [
      object('Pod', 'app-1', {
        status: { containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })] },
      }),
      object('Pod', 'pg-0', {
        status: { conditions: [{ type: 'PodScheduled', status: 'False', message: 'no zone is left' }] },
      }),
      object('Pod', 'app-2', {
        status: { containerStatuses: [container({ running: {} }, { restartCount: 4 })] },
      }),
      object('Pod', 'app-3', {
        status: { containerStatuses: [container({ running: {} }, { ready: true })] },
      }),
    ];
    const said = whatIsStuck(pods, target);
    expect(said).to.contain('app-1: app waits: ImagePullBackOff');
    expect(said).to.contain('pg-0: not scheduled: no zone is left');
    expect(said).to.contain('app-2: app runs but is not ready, 4 restarts');
    expect(said).not.to.contain('app-3');
    expect(said).to.contain('kubectl --context kind-myclothes -n myclothes describe pod');
  });
});

describe('The status screen', () => {
  it('says who is primary, in which zone each pod is, and what a pod leads', () => {
    const node = object('Node', 'worker', {
      metadata: { labels: { 'topology.kubernetes.io/zone': 'zone-a' } },
    });
    const pod = object('Pod', 'pg-1', {
      metadata: { labels: { 'app.kubernetes.io/name': 'pg' } },
      spec: { nodeName: 'worker' },
      status: { conditions: ready('True'), containerStatuses: [{ restartCount: 2 }] },
    });
    const status = { phase: 'Healthy', primary: 'pg-1', term: 3, conditions: ready('True') };

    const lines = statusLines([set(status), pod], [node]);

    expect(lines[0]).to.equal('postgres  Healthy  primary pg-1  term 3');
    expect(lines.at(-1)?.split(/\s+/)).to.deep.equal(['pg-1', 'zone-a', 'worker', 'yes', 'primary', '2']);
  });
});
