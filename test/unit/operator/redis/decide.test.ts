// The operator's policy, situation by situation: what it makes of a look and what it would do.
import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../../../operator/redis/decide.ts';
import type { Action, MemberAnswer, Remembered, Silence, Verdict } from '../../../../operator/redis/model.ts';
import { addressOf, allSentinels, asMaster, gated, orphaned, situation } from './situations.ts';
import type { Situation } from './situations.ts';

const known: Remembered = { term: 3, switchTo: undefined };
const fresh: Remembered = { term: 0, switchTo: undefined };
const empty = { term: 0, sequence: 0, keys: 0, termMaster: undefined };

const verdictOf = (given: Situation, remembered = known): Verdict => decide(situation(given), remembered);
const brief = (action: Action): string => {
  const who = 'member' in action ? action.member : 'sentinel' in action ? action.sentinel : action.to;
  return `${action.kind} ${who}`;
};
const actionsOf = (given: Situation, remembered = known): readonly string[] =>
  verdictOf(given, remembered).intents.map(({ action }) => brief(action));
const followsRedis1 = { follows: addressOf('redis-1') };

describe("what the operator makes of a Redis set's state", () => {
  it('leaves a healthy set alone', () => {
    expect(verdictOf({})).to.include({ phase: 'Healthy', master: 'redis-0' });
    expect(actionsOf({})).to.deep.equal([]);
  });

  it('blesses one member of a new set and has every Sentinel watch it', () => {
    const all = { ...gated, ...empty };
    const given = {
      members: { 'redis-0': all, 'redis-1': all, 'redis-2': all },
      sentinels: allSentinels('blank'),
    };
    expect(actionsOf(given, fresh)).to.deep.equal([
      'bless redis-0',
      'monitor sentinel-0',
      'monitor sentinel-1',
      'monitor sentinel-2',
    ]);
  });

  it('blesses nobody in a new set as long as only one member is there', () => {
    const members = { 'redis-0': { ...gated, ...empty }, 'redis-1': 'mute', 'redis-2': 'mute' } as const;
    expect(actionsOf({ members, sentinels: allSentinels('blank') }, fresh)).to.deep.equal([]);
  });

  it('tells Sentinels that forgot everything who is master, and blesses nobody', () => {
    expect(actionsOf({ sentinels: allSentinels('blank') })).to.deep.equal([
      'monitor sentinel-0',
      'monitor sentinel-1',
      'monitor sentinel-2',
    ]);
  });

  it('does nothing while a Sentinel fails over', () => {
    const given = {
      members: { 'redis-0': 'mute' },
      sentinels: { 'sentinel-1': { failingOver: true } },
    } as const;
    expect(verdictOf(given)).to.include({ phase: 'FailingOver' });
    expect(actionsOf(given)).to.deep.equal([]);
  });

  it('calls off a failover that still waits for votes when the master is back', () => {
    const waits = { 'sentinel-1': { failingOver: true, waitsForVotes: true } };
    expect(actionsOf({ sentinels: waits })).to.deep.equal(['reset sentinel-1']);
    expect(actionsOf({ members: { 'redis-0': gated }, sentinels: waits })).to.deep.equal([]);
    const others = { 'sentinel-0': { down: true }, 'sentinel-2': { down: true } };
    expect(actionsOf({ sentinels: { ...others, ...waits } })).to.deep.equal([]);
    const promotes = { 'sentinel-1': { failingOver: true } };
    expect(actionsOf({ sentinels: promotes })).to.deep.equal([]);
  });

  it('does nothing without a majority of Sentinels', () => {
    const given = {
      members: { 'redis-0': 'refused', 'redis-1': orphaned, 'redis-2': orphaned },
      sentinels: { 'sentinel-0': 'mute', 'sentinel-1': 'refused' },
    } as const;
    expect(verdictOf(given).phase).to.equal('Unavailable');
    expect(actionsOf(given)).to.deep.equal([]);
  });

  describe('when the master is gone', () => {
    it('elects the newest at once when nothing listens there and both replicas lost it', () => {
      const members = {
        'redis-0': 'refused',
        'redis-1': orphaned,
        'redis-2': { ...orphaned, sequence: 51 },
      } as const;
      const [intent] = verdictOf({ members }).intents;
      expect(intent).to.deep.include({ settleMs: 100 });
      expect(actionsOf({ members })).to.deep.equal(['elect redis-2']);
    });

    it('leaves it to a Sentinel that has noticed too, unless that has nobody to promote', () => {
      const members = { 'redis-0': 'refused', 'redis-1': orphaned, 'redis-2': orphaned } as const;
      const sentinels = { 'sentinel-1': { down: true } };
      const [noticed] = verdictOf({ members, sentinels }).intents;
      expect(noticed?.settleMs).to.be.above(3_000);
      const nobody = { ...orphaned, priority: 0 };
      const given = { sentinels, members: { ...members, 'redis-1': nobody, 'redis-2': nobody } };
      expect(verdictOf(given).intents[0]?.settleMs).to.equal(100);
    });

    it('elects as quickly when no connection to it can be made, as after its pod was deleted', () => {
      const members = { 'redis-0': 'unreachable', 'redis-1': orphaned, 'redis-2': orphaned } as const;
      const [intent] = verdictOf({ members }).intents;
      expect(intent?.settleMs).to.equal(100);
      expect(intent?.action.kind).to.equal('elect');
    });

    it('never hurries as long as one other member hears the master, or cannot be asked', () => {
      const silence = fc.constantFrom('refused', 'unreachable', 'mute', 'rejects');
      const hears: fc.Arbitrary<Partial<MemberAnswer>> = fc.record({
        offset: fc.nat(2_000),
        sequence: fc.nat(99),
      });
      const blind: fc.Arbitrary<Partial<MemberAnswer> | Silence> = fc.oneof(silence, hears);
      const other = fc.oneof(blind, fc.constant(orphaned));
      fc.assert(
        fc.property(silence, blind, other, fc.boolean(), (master, first, second, down) => {
          const members = { 'redis-0': master, 'redis-1': first, 'redis-2': second };
          const { intents } = verdictOf({ members, sentinels: allSentinels({ down }) });
          for (const { settleMs } of intents) expect(settleMs).to.be.above(5_000);
        }),
      );
    });

    it('never takes a hung master, or one that refuses the operator, for dead', () => {
      for (const how of ['mute', 'rejects'] as const) {
        const members = { 'redis-0': how, 'redis-1': orphaned, 'redis-2': orphaned } as const;
        for (const { settleMs } of verdictOf({ members, sentinels: allSentinels({ down: true }) }).intents) {
          expect(settleMs, how).to.be.above(5_000);
        }
      }
    });

    it('lets the offset decide between equal sequences', () => {
      const members = {
        'redis-0': 'refused',
        'redis-1': orphaned,
        'redis-2': { ...orphaned, offset: 1001 },
      } as const;
      expect(actionsOf({ members })).to.deep.equal(['elect redis-2']);
    });

    it('never acts on refusal alone: a replica still hears the master', () => {
      expect(actionsOf({ members: { 'redis-0': 'refused', 'redis-1': orphaned } })).to.deep.equal([]);
    });

    it('never acts on refusal when a replica cannot be asked', () => {
      const members = { 'redis-0': 'refused', 'redis-1': orphaned, 'redis-2': 'mute' } as const;
      expect(actionsOf({ members })).to.deep.equal([]);
    });

    it('leaves a silent master to the Sentinels', () => {
      expect(actionsOf({ members: { 'redis-0': 'mute' } })).to.deep.equal([]);
      const members = { 'redis-0': 'mute', 'redis-1': orphaned, 'redis-2': orphaned } as const;
      const [intent] = verdictOf({ members, sentinels: allSentinels({ down: true }) }).intents;
      expect(intent?.settleMs).to.be.above(5_000);
    });

    it('re-installs the master by hand where the Sentinels know no replica any more', () => {
      const members = { 'redis-0': 'refused', 'redis-1': orphaned, 'redis-2': orphaned } as const;
      expect(actionsOf({ members, sentinels: allSentinels({ replicas: [], sentinels: [] }) })).to.deep.equal([
        'bless redis-1',
        'monitor sentinel-0',
        'monitor sentinel-1',
        'monitor sentinel-2',
      ]);
    });
  });

  describe('when masters and Sentinels disagree', () => {
    it('gives a master that stands still for a switch the time to be replaced, and then makes it go on', () => {
      const standing = {
        role: 'replica',
        follows: '127.0.0.1',
        linkUp: false,
        minReplicasToWrite: 99,
      } as const;
      const { intents, phase } = verdictOf({ members: { 'redis-0': standing } });
      expect(phase).to.equal('FailingOver');
      expect(intents.map(({ action }) => brief(action))).to.deep.equal(['bless redis-0']);
      expect(intents[0]?.settleMs).to.be.above(2_000);
    });

    it('fences a second master at once, and makes it follow only then', () => {
      const second = { ...asMaster, follows: undefined };
      expect(verdictOf({ members: { 'redis-1': second } }).phase).to.equal('SplitBrain');
      expect(actionsOf({ members: { 'redis-1': second } })).to.deep.equal(['fence redis-1']);
      const fenced = { ...second, minReplicasToWrite: 99 };
      expect(actionsOf({ members: { 'redis-1': fenced } })).to.deep.equal(['follow redis-1']);
    });

    it('never demotes a stray that only it can see beside a master it cannot', () => {
      expect(actionsOf({ members: { 'redis-0': 'mute', 'redis-1': asMaster } })).to.deep.equal([]);
    });

    it('prefers the newest replica to a restarted master, whom a Sentinel may be replacing at this moment', () => {
      const members = {
        'redis-0': { ...gated, sequence: 52 },
        'redis-1': { ...orphaned, sequence: 50 },
        'redis-2': { ...orphaned, sequence: 51 },
      } as const;
      expect(actionsOf({ members })).to.deep.equal(['elect redis-2']);
    });

    it('makes one master where all follow each other', () => {
      const members = {
        'redis-0': { role: 'replica', ...followsRedis1, linkUp: false },
        'redis-2': followsRedis1,
      } as const;
      expect(actionsOf({ members })).to.deep.equal(['bless redis-0']);
    });

    it('brings a replica on another master back', () => {
      expect(actionsOf({ members: { 'redis-2': followsRedis1 } })).to.include('follow redis-2');
    });

    it('tells a Sentinel that watches a stranger, and one that watches nothing', () => {
      const sentinels = {
        'sentinel-1': { address: '10.9.9.9', configEpoch: 0 },
        'sentinel-2': 'blank',
      } as const;
      expect(actionsOf({ sentinels })).to.deep.equal(['monitor sentinel-1', 'monitor sentinel-2']);
    });

    it('installs the living master where all Sentinels watch a stranger', () => {
      expect(actionsOf({ sentinels: allSentinels({ address: '10.9.9.9' }) })).to.deep.equal([
        'monitor sentinel-0',
        'monitor sentinel-1',
        'monitor sentinel-2',
      ]);
    });

    it('tells the master anew to a Sentinel that alone does not see it: it may have the wrong password', () => {
      const blind = { 'sentinel-1': { down: true, replicas: [addressOf('redis-9')] } };
      const [intent] = verdictOf({ sentinels: blind }).intents;
      expect(intent?.action).to.include({ kind: 'monitor', sentinel: 'sentinel-1' });
      expect(intent?.settleMs).to.be.above(3_000);
    });

    it('makes one Sentinel at a time forget nodes that are no more', () => {
      const stale = { sentinels: ['10.0.2.1', '10.0.2.2', '10.0.2.9'] };
      expect(actionsOf({ sentinels: allSentinels(stale) })).to.deep.equal(['reset sentinel-0']);
      // sentinel-0 was reset and has met nobody yet.
      const forgetful = { ...allSentinels(stale), 'sentinel-0': { sentinels: [], replicas: [] } };
      expect(actionsOf({ sentinels: forgetful })).to.deep.equal([]);
    });
  });

  describe('with a healthy master', () => {
    it('writes the next term after every promotion, also into data that had a higher one', () => {
      const given = { members: { 'redis-0': { termMaster: 'redis-2' }, 'redis-1': { term: 7 } } };
      const [intent] = verdictOf(given).intents;
      expect(intent?.action).to.deep.include({ kind: 'term', member: 'redis-0', term: 8 });
    });

    it('makes a member without the data unelectable, and electable again once it has it', () => {
      expect(actionsOf({ members: { 'redis-1': { ...orphaned, syncing: true } } })).to.deep.equal([
        'priority redis-1',
      ]);
      const [intent] = verdictOf({ members: { 'redis-1': { priority: 0 } } }).intents;
      expect(intent?.action).to.deep.include({ kind: 'priority', value: 100 });
    });

    it('lifts a forgotten fence, but not while a switch may still hold it', () => {
      const [intent] = verdictOf({ members: { 'redis-0': { minReplicasToWrite: 99 } } }).intents;
      expect(intent?.action.kind).to.equal('unfence');
      expect(intent?.settleMs).to.be.above(10_000);
    });

    it('moves away from a master whose disk is full, if both replicas have everything', () => {
      const full = { 'redis-0': { writeError: 'the append-only file cannot be written' } };
      expect(actionsOf({ members: full })).to.deep.equal(['switch redis-1']);
      expect(actionsOf({ members: { ...full, 'redis-1': { syncing: true } } })).to.not.include(
        'switch redis-2',
      );
      const both = { ...full, 'redis-1': full['redis-0'] };
      expect(actionsOf({ members: both })).to.deep.equal([]);
    });

    it('says why a member does not answer', () => {
      expect(verdictOf({ members: { 'redis-1': 'refused' } }).message).to.equal(
        'redis-1 does not answer: nothing listens there',
      );
    });

    it('switches when asked, and only while everybody is in sync and the target may be elected', () => {
      const asked = { term: 3, switchTo: 'redis-2' };
      expect(actionsOf({}, asked)).to.deep.equal(['switch redis-2']);
      expect(actionsOf({ members: { 'redis-1': 'mute' } }, asked)).to.deep.equal([]);
      const back = { members: { 'redis-2': { priority: 0 } } };
      expect(actionsOf(back, asked), 'has just come back').to.deep.equal(['priority redis-2']);
    });
  });
});
