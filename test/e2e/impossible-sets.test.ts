// The API server refuses what cannot be meant, with the reason, before any operator has seen it.
import { expect } from 'chai';
import { getJson, kubectl } from '../support/kubectl.ts';
import { timeouts } from '../support/timeouts.ts';

interface Impossible {
  readonly wish: string;
  readonly kind: 'postgresset' | 'redisset';
  readonly spec: Readonly<Record<string, unknown>>;
  readonly reason: RegExp;
}

const id = 'e2e';
const impossible: readonly Impossible[] = [
  { wish: 'two members', kind: 'postgresset', spec: { members: 2 }, reason: /spec\.members.*3/s },
  {
    wish: 'a field it does not know',
    kind: 'postgresset',
    spec: { membres: 5 },
    reason: /unknown field "spec.membres"/,
  },
  {
    ...{ wish: 'a switchover to a pod of something else', kind: 'postgresset' },
    ...{ spec: { switchover: { to: 'app-0', id } }, reason: /switchover\.to must be a member/ },
  },
  {
    ...{ wish: 'a switchover to a member that it does not have', kind: 'postgresset' },
    ...{ spec: { switchover: { to: 'pg-7', id } }, reason: /its number is too high/ },
  },
  { wish: 'another owner', kind: 'postgresset', spec: { owner: 'other' }, reason: /owner cannot be changed/ },
  { wish: 'two members', kind: 'redisset', spec: { members: 2 }, reason: /spec\.members.*3/s },
  {
    wish: 'an even number of Sentinels',
    kind: 'redisset',
    spec: { sentinels: 4 },
    reason: /sentinels must be odd/,
  },
  {
    ...{ wish: 'a silence period in which no ping fits', kind: 'redisset' },
    ...{ spec: { downAfterMilliseconds: 1_000 }, reason: /spec\.downAfterMilliseconds.*2000/s },
  },
  {
    ...{ wish: 'a switchover to a member that it does not have', kind: 'redisset' },
    ...{ spec: { switchover: { to: 'redis-7', id } }, reason: /its number is too high/ },
  },
  {
    wish: 'more members than it was made with',
    kind: 'redisset',
    spec: { members: 5 },
    reason: /members and sentinels cannot be changed/,
  },
  {
    wish: 'another master name',
    kind: 'redisset',
    spec: { masterName: 'b' },
    reason: /masterName cannot be changed/,
  },
  {
    ...{ wish: 'a switchover to a Sentinel', kind: 'redisset' },
    ...{ spec: { switchover: { to: 'sentinel-0', id } }, reason: /switchover\.to must name a member/ },
  },
];

const names = { postgresset: 'pg', redisset: 'redis' } as const;

describe('a set that cannot be', function () {
  this.timeout(timeouts.e2eTestMs);

  const answerTo = async ({ kind, spec }: Pick<Impossible, 'kind' | 'spec'>): Promise<string> => {
    const set = await getJson<{ spec: object }>(kind, names[kind]);
    const input = JSON.stringify({ ...set, spec: { ...set.spec, ...spec } });
    // The server decides as it would in earnest, and changes nothing.
    const answer = kubectl(['replace', '--dry-run=server', '--validate=strict', '-f', '-'], { input });
    return answer.catch((error: unknown) => String(error));
  };

  for (const each of impossible) {
    it(`is refused with the reason: a ${each.kind} with ${each.wish}`, async () => {
      expect(await answerTo(each)).to.match(each.reason);
    });
  }

  it('is told from one that can be, which is taken', async () => {
    const taken = /replaced \(server dry run\)/;
    expect(await answerTo({ kind: 'postgresset', spec: { members: 5 } })).to.match(taken);
    expect(await answerTo({ kind: 'redisset', spec: { switchover: { to: 'redis-2', id } } })).to.match(taken);
  });
});
