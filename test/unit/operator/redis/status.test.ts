// What `kubectl get redissets` and `kubectl describe` say: conditions that name what is wrong and where.
import { expect } from 'chai';
import { decide } from '../../../../operator/redis/decide.ts';
import { statusOf } from '../../../../operator/redis/status.ts';
import { asMaster, situation } from './situations.ts';
import type { Situation } from './situations.ts';

const replicas = [{ address: '10.0.1.2', online: true, offset: 1000 }];

interface Said {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function conditionsOf(
  { members = {}, sentinels = {} }: Situation,
  rotating: readonly string[] = [],
): Readonly<Record<string, Said>> {
  const observed = situation({ sentinels, members: { 'redis-0': { replicas }, ...members } });
  const verdict = decide(observed, { term: 3, switchTo: undefined });
  const { conditions } = statusOf({
    ...{
      observed,
      verdict,
      rotating,
      previous: {},
      failover: undefined,
      switchoverId: undefined,
      generation: 1,
    },
    now: new Date('2026-01-01T00:00:00Z'),
  });
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
}

describe("a Redis set's conditions", () => {
  it('say of a healthy set that it is available, whole and has one master', () => {
    const conditions = conditionsOf({});
    const status = Object.fromEntries(Object.entries(conditions).map(([type, said]) => [type, said.status]));
    expect(status).to.deep.equal({
      ...{ Available: 'True', Degraded: 'False', SplitBrain: 'False', BelowWriteQuorum: 'False' },
      ...{ CredentialsAccepted: 'True', RotatingPasswords: 'False', SentinelQuorum: 'True', Ready: 'True' },
    });
  });

  it('name the second master', () => {
    const said = conditionsOf({ members: { 'redis-1': asMaster } }).SplitBrain;
    expect(said).to.include({ status: 'True', message: 'redis-1 also acts as master' });
  });

  it('say that a master without a replica takes no writes', () => {
    const conditions = conditionsOf({ members: { 'redis-0': { replicas: [] } } });
    expect(conditions.BelowWriteQuorum).to.include({ status: 'True', reason: 'NoReplica' });
    expect(conditions.Available).to.include({ status: 'False' });
  });

  it('name the node that knows another password', () => {
    const said = conditionsOf({ sentinels: { 'sentinel-1': 'rejects' } }).CredentialsAccepted;
    expect(said).to.include({ status: 'False', reason: 'WrongPassword' });
    expect(said?.message).to.contain("sentinel-1 refuses the operator's login");
  });

  it('name the Sentinel that watches another master, and the one that watches none', () => {
    const watching = { 'sentinel-1': { address: '192.0.2.9' }, 'sentinel-2': 'blank' } as const;
    const said = conditionsOf({ sentinels: watching }).Degraded;
    expect(said).to.include({ status: 'True' });
    expect(said?.message).to.contain('sentinel-1 watches another master');
    expect(said?.message).to.contain('sentinel-2 watches nothing');
  });

  it('name the ACL user that a member lacks', () => {
    const conditions = conditionsOf({ members: { 'redis-2': { missingUsers: ['app'] } } });
    expect(conditions.CredentialsAccepted).to.include({
      ...{ status: 'False', reason: 'UnknownUser', message: 'redis-2 has no ACL user app' },
    });
    expect(conditions.Degraded).to.include({ status: 'True' });
  });

  it('name whom the old passwords are kept for', () => {
    const said = conditionsOf({}, ['redis-1, which uses other passwords']).RotatingPasswords;
    expect(said).to.include({ status: 'True', reason: 'OldOnesInUse' });
    expect(said?.message).to.contain('redis-1, which uses other passwords');
  });
});
