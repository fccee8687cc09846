import { expect } from 'chai';
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { Decision, MemberView, Observed } from '../../../../operator/postgres/observed.ts';
import { stableQuorum } from '../../../../operator/postgres/quorum.ts';
import type { Quorum } from '../../../../operator/postgres/quorum.ts';
import { reportOf } from '../../../../operator/postgres/report.ts';
import { routesFor } from '../../../../operator/postgres/routes.ts';
import { away, ballot, member, observed, primary } from './observed-fixtures.ts';

const three = ['pg-0', 'pg-1', 'pg-2'];
const five = [...three, 'pg-3', 'pg-4'];

const ruleAt = (version: number, names = three): Partial<AgentStatus> => ({
  rule: {
    promised: { version, members: names, acks: (names.length - 1) / 2 },
    ...{ inForce: version, proven: version },
  },
});
const streaming = [...five, 'pg-read-0'].map((name) => ({
  ...{ name, state: 'streaming', flushLsn: '0/500', lagBytes: 0 },
}));
const lead = (version: number, changes: Partial<AgentStatus> = {}) =>
  primary({ standbys: streaming, ...ruleAt(version), ...changes });
const others = (version: number) => five.slice(1).map((name) => member(name, ruleAt(version)));
const growing: Quorum = {
  ...{ version: 1, voters: five, votes: 4, acknowledgers: five, acks: 2 },
};

/** What is written of the quorum, or "send pg-1 follow", in order. */
const summary = ({ actions }: Decision): readonly string[] =>
  actions.map((action) => {
    if (action.do === 'write') {
      const { votes, voters, acks, acknowledgers } = action.quorum;
      const counts = `${votes} of ${voters.length}, ${acks} of ${acknowledgers.length}`;
      return `write ${action.ballot.stage} ${counts}`;
    }
    return action.do === 'send' ? `send ${action.to} ${action.command.kind}` : action.do;
  });

const decided = (members: readonly MemberView[], changes: Partial<Observed> = {}) =>
  decide(observed(members, { wanted: five, ...changes }));

describe('scaling under a primary that serves', () => {
  it('records more votes once every new member streams', () => {
    const decision = decided([lead(0), ...others(0)]);
    expect(decision.phase).to.equal('Scaling');
    expect(summary(decision)).to.deep.equal(['write serving 4 of 5, 1 of 3']);
  });

  it('only brings new members behind the primary before', () => {
    const empty = member('pg-4', { term: 0, role: 'none', data: 'empty', streaming: false });
    const decision = decided([lead(0), ...others(0).slice(0, 3), empty]);
    expect(summary(decision)).to.deep.equal(['send pg-4 follow']);
  });

  it('takes no member for a voter whose disk is full', () => {
    const disk = { full: true, freeMib: 10, totalMib: 1000 };
    const full = member('pg-4', { ...ruleAt(0), disk });
    expect(summary(decided([lead(0), ...others(0).slice(0, 3), full]))).to.deep.equal([]);
  });

  it('waits for agents that know commit rules', () => {
    const old = member('pg-1');
    expect(summary(decided([lead(0), old, ...others(0).slice(1)]))).to.deep.equal([]);
  });

  it('tells the primary the recorded rule, and every standby, in time for its promotion', () => {
    const decision = decided([lead(0), ...others(0)], { quorum: growing });
    expect(summary(decision)).to.deep.equal([
      'send pg-0 require',
      ...five.slice(1).map((name) => `send ${name} follow`),
    ]);
  });

  it('counts no proof of another term or of an older rule', () => {
    const at = (changes: Partial<AgentStatus>) =>
      summary(decided([lead(1, changes), ...others(1)], { quorum: growing }));
    expect(at({})).to.deep.equal(['write serving 3 of 5, 2 of 5']);
    expect(at({ servingTerm: 4 })).to.deep.equal([]);
    const { rule } = ruleAt(1);
    expect(at({ rule: { ...rule!, proven: 0 } })).to.deep.equal([]);
    expect(at({ rule: { ...rule!, inForce: 0 } })).to.deep.equal([]);
  });

  it('hands over before the primary itself leaves the set', () => {
    const last = member('pg-4', { ...lead(3).status, name: 'pg-4' });
    const decision = decide(
      observed([member('pg-0', ruleAt(3)), ...others(3).slice(0, 3), last], {
        ...{ wanted: three, quorum: stableQuorum(five, 3) },
        ballot: ballot({ primary: 'pg-4' }),
      }),
    );
    expect(summary(decision)).to.deep.equal(['write stopping 3 of 5, 2 of 5']);
  });
});

describe('an election in the middle of scaling', () => {
  const electing = ballot({ term: 6, stage: 'electing', primary: null, from: 'pg-0', cause: 'gone' });
  const voted = (name: string) =>
    member(name, {
      ...{ term: 6, role: 'frozen', primary: null, streaming: false },
      vote: { term: 6, logTerm: 5, lsn: '0/500', complete: false },
    });

  it('asks those who vote, not those who only shall', () => {
    const decision = decided([away('pg-0', 'gone'), ...others(0)], { ballot: electing });
    expect(summary(decision)).to.deep.equal(three.map((name) => `send ${name} freeze`));
  });

  it('takes the votes that the record asks for', () => {
    const two = [away('pg-0', 'gone'), ...['pg-1', 'pg-2', 'pg-3'].map(voted), away('pg-4', 'gone')];
    const raised = { ...growing, acknowledgers: three, acks: 1 };
    expect(summary(decided(two, { ballot: electing, quorum: raised, stageMs: 2000 }))).to.deep.equal([
      'send pg-0 freeze',
      'send pg-4 freeze',
    ]);
    const decision = decided(two, { ballot: electing, quorum: stableQuorum(five, 3), stageMs: 2000 });
    expect(summary(decision)).to.deep.equal(['write promoting 3 of 5, 2 of 5']);
  });

  it('promotes with the recorded commit rule', () => {
    const members = [away('pg-0', 'gone'), ...five.slice(1).map(voted)];
    const promoting = { ...electing, stage: 'promoting', primary: 'pg-3' } as const;
    const [action] = decided(members, { ballot: promoting, quorum: growing }).actions;
    expect(action).to.deep.equal({
      ...{ do: 'send', to: 'pg-3' },
      command: { kind: 'promote', term: 6, rule: { version: 1, members: five, acks: 2 } },
    });
  });
});

describe('a read replica', () => {
  const set = { metadata: { name: 'pg' }, spec: {} } as unknown as Parameters<typeof reportOf>[0];
  const three_ = [lead(0), ...others(0).slice(0, 2)];

  it('is brought behind the primary, and answers reads while it keeps up', () => {
    const fresh = member('pg-read-0', { term: 0, role: 'none', data: 'empty', streaming: false });
    expect(summary(decide(observed(three_, { readers: [fresh] })))).to.deep.equal(['send pg-read-0 follow']);
    const seen = observed(three_, { readers: [member('pg-read-0')] });
    const decision = decide(seen);
    expect(decision).to.deep.include({ phase: 'Healthy', actions: [] });
    expect(routesFor(seen, decision).ro).to.deep.equal(['pg-1', 'pg-2', 'pg-read-0']);
    expect(reportOf(set, seen, decision, [])).to.include({ readReplicas: '1/1', sync: '2/2', ready: '3/3' });
  });

  it('is neither asked for a vote nor missed', () => {
    const gone = away('pg-read-0', 'gone');
    expect(decide(observed(three_, { readers: [gone] })).phase).to.equal('Healthy');
    const electing = ballot({ term: 6, stage: 'electing', primary: null });
    const asked = decide(observed(three_, { ballot: electing, readers: [member('pg-read-0')] }));
    expect(summary(asked)).to.deep.equal(three.map((name) => `send ${name} freeze`));
  });
});

describe('a record that is gone', () => {
  const lost = { ballot: null, systemId: null, wanted: three };
  const told = (name: string, version: number) => member(name, ruleAt(version, five));

  it('is made anew from the newest rule that a member was told, and asks for the votes that rule needs', () => {
    const enough = decide(observed([told('pg-0', 2), told('pg-1', 3), told('pg-2', 3)], lost));
    expect(summary(enough)).to.deep.equal(['write electing 3 of 5, 2 of 5']);
    const tooFew = decide(observed([told('pg-0', 3), told('pg-1', 3), away('pg-2', 'gone')], lost));
    expect(tooFew).to.deep.include({ phase: 'Pending', actions: [] });
  });
});
