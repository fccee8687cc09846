import { expect } from 'chai';
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { Contact, MemberView } from '../../../../operator/postgres/observed.ts';
import {
  away,
  ballot,
  frozen,
  member,
  observed,
  one,
  primary,
  summary,
  two,
  vote,
} from './observed-fixtures.ts';

const electing = ballot({ term: 6, stage: 'electing', primary: null, from: 'pg-0', cause: 'gone' });

describe('while a primary serves', () => {
  it('does nothing when all is well', () => {
    const decision = decide(observed([primary(), one, two]));
    expect(decision).to.deep.include({ phase: 'Healthy', actions: [] });
  });

  const signs: readonly (readonly [string, MemberView])[] = [
    ['Postgres ended under its agent', primary({ postgres: 'stopped', crashed: true })],
    ['its pod is gone', away('pg-0', 'gone')],
    ['its address refuses', away('pg-0', 'refused')],
    ['it and its WAL are silent', away('pg-0', 'silent')],
    ['it answers no query and commits nothing', primary({ sqlAgeMs: 2500, commitAgeMs: 2500 })],
    ['it commits nothing although standbys stream', primary({ commitAgeMs: 5000 })],
  ];
  for (const [name, suspect] of signs) {
    it(`raises the term when ${name}`, () => {
      const others = [one, two].map((view) => ({ ...view, walStillMs: 5000 }));
      expect(summary(decide(observed([suspect, ...others])))[0]).to.equal('write electing 6 -');
    });
  }

  it('raises the term when a member has promised a newer one that the register never heard of', () => {
    const ahead = member('pg-2', { term: 8, role: 'frozen', primary: null, streaming: false });
    expect(summary(decide(observed([primary(), one, ahead])))).to.deep.equal(['write electing 9 -']);
  });

  it('freezes members beside the register, and not after it, only under a primary that says it is stopped', () => {
    const freezes = (changes: Partial<AgentStatus>): number =>
      decide(observed([primary(changes), one, two])).actions.filter(({ do: what }) => what === 'send').length;
    expect(freezes({ postgres: 'stopped', crashed: true })).to.equal(3);
    expect(freezes({ commitAgeMs: 9000, sqlAgeMs: 9000 })).to.equal(0);
  });

  it('leaves alone a primary that only the operator cannot reach', () => {
    const decision = decide(observed([primary({}, { contact: 'silent' }), one, two]));
    expect(decision.actions).to.deep.equal([]);
    expect(decision.connectivity).to.include('pg-1 receives WAL from it');
  });

  it('is Blocked, naming who is missing, when no majority could vote', () => {
    const decision = decide(observed([away('pg-0', 'gone'), one, away('pg-2', 'silent')]));
    expect(decision.phase).to.equal('Blocked');
    expect(decision.blocked).to.include('pg-0 (gone), pg-2 (silent)');
  });

  it('lets a primary run again in its own term when too few are left for a vote', () => {
    const decision = decide(observed([primary({ postgres: 'stopped' }), one, away('pg-2', 'gone')]));
    expect(summary(decision)).to.deep.equal(['send pg-0 start 5']);
  });

  it('asks also a hung primary’s agent for its vote when too few others are left', () => {
    const hung = primary({ commitAgeMs: 9000, sqlAgeMs: 9000 });
    const decision = decide(observed([hung, one, away('pg-2', 'gone')]));
    expect(summary(decision)).to.deep.equal(['write electing 6 -']);
  });

  it('brings a member that fell behind a term back to the primary', () => {
    const back = member('pg-2', { term: 4, role: 'primary', streaming: false, postgres: 'stopped' });
    expect(summary(decide(observed([primary(), one, back])))).to.deep.equal(['send pg-2 follow 5']);
  });

  it('tells who follows where the primary’s new pod is', () => {
    const moved = primary({}, { address: '10.0.0.2' });
    const there = (name: string, primaryAddress: string) => member(name, { primaryAddress });
    const decision = decide(observed([moved, there('pg-1', '10.0.0.1'), there('pg-2', '10.0.0.2')]));
    expect(summary(decision)).to.deep.equal(['send pg-1 follow 5']);
  });

  it('allows data to be replaced by a clone only while another standby has a whole copy, and what is torn at once', () => {
    const other = member('pg-2', { data: 'foreign', streaming: false });
    const torn = member('pg-2', { data: 'torn', streaming: false });
    const mayReplace = (members: readonly MemberView[]) =>
      decide(observed(members)).actions.map((action) =>
        action.do === 'send' && action.command.kind === 'follow' ? action.command.mayReplaceData : null,
      );
    expect(mayReplace([primary(), one, other])).to.deep.equal([true]);
    expect(mayReplace([primary(), away('pg-1', 'gone'), other])).to.deep.equal([false]);
    expect(mayReplace([primary(), away('pg-1', 'gone'), torn])).to.deep.equal([true]);
  });

  it('begins a switchover when asked, when its pod is being shut down, and not while a standby lags', () => {
    const switchover = { to: 'pg-2', id: 'a' };
    expect(summary(decide(observed([primary(), one, two], { switchover })))).to.deep.equal([
      'write stopping 5 pg-0',
    ]);
    expect(summary(decide(observed([primary({}, { leaving: true }), one, two])))).to.deep.equal([
      'write stopping 5 pg-0',
    ]);
    const standbys = [{ name: 'pg-1', state: 'streaming', flushLsn: '0/5', lagBytes: 20_000_000 }];
    expect(decide(observed([primary({ standbys }), one, two], { switchover })).actions).to.deep.equal([]);
  });

  it('rolls a new template out: standbys one by one, then a switchover, then the former primary', () => {
    const old = { outdated: true };
    const at = (members: readonly MemberView[]) => decide(observed(members)).actions;
    const replaceOne = [{ do: 'replace', member: 'pg-1' }];
    expect(at([primary({}, old), { ...one, ...old }, { ...two, ...old }])).to.deep.equal(replaceOne);
    expect(at([primary({}, old), { ...away('pg-1', 'gone'), ...old }, { ...two, ...old }])).to.deep.equal([]);
    // It answers and does not follow: the old template may be why.
    const idle = member('pg-2', { streaming: false }, old);
    expect(at([primary({}, old), one, idle])).to.deep.include({ do: 'replace', member: 'pg-2' });
    const copying = member('pg-2', { streaming: false, task: 'clone from pg-0' }, old);
    expect(at([primary({}, old), one, copying])).to.not.deep.include({ do: 'replace', member: 'pg-2' });
    // Its pod is there, and nobody in it.
    expect(at([primary({}, old), one, { ...away('pg-2', 'refused'), ...old }])).to.deep.equal([
      { do: 'replace', member: 'pg-2' },
    ]);
    // Deleted, and still streaming while it shuts down.
    const leaving = { ...old, leaving: true };
    expect(at([primary({}, old), { ...one, ...leaving }, { ...two, ...old }])).to.deep.equal([]);
    expect(summary(decide(observed([primary({}, old), one, two])))).to.deep.equal(['write stopping 5 pg-0']);
  });

  it('carries out a wish once', () => {
    const switchover = { to: 'pg-2', id: 'a' };
    expect(
      decide(observed([primary(), one, two], { switchover, switchoverDone: 'a' })).actions,
    ).to.deep.equal([]);
  });

  it('neither fails over nor switches over while paused', () => {
    const decision = decide(observed([away('pg-0', 'gone'), one, two], { paused: true }));
    expect(decision).to.deep.include({ phase: 'Paused', actions: [] });
  });
});

describe('while votes are collected', () => {
  it('freezes everybody, the old primary too', () => {
    const decision = decide(observed([away('pg-0', 'gone'), one, two], { ballot: electing }));
    expect(summary(decision)).to.deep.equal([
      'send pg-0 freeze 6',
      'send pg-1 freeze 6',
      'send pg-2 freeze 6',
    ]);
  });

  it('waits for the second vote', () => {
    const decision = decide(
      observed([away('pg-0', 'gone'), frozen('pg-1', '0/500'), two], { ballot: electing }),
    );
    expect(summary(decision)).to.deep.equal(['send pg-0 freeze 6', 'send pg-2 freeze 6']);
  });

  const winners: readonly (readonly [string, MemberView, MemberView, string])[] = [
    ['the longer log', frozen('pg-1', '0/500'), frozen('pg-2', '0/4F8'), 'pg-1'],
    [
      'the log of the newer term, however short',
      frozen('pg-1', '0/500'),
      frozen('pg-2', '0/400', { logTerm: 6 }),
      'pg-2',
    ],
    ['either of two equals', frozen('pg-1', '0/500'), frozen('pg-2', '0/500'), 'pg-1'],
  ];
  for (const [name, first, second, expected] of winners) {
    it(`elects ${name}`, () => {
      const decision = decide(observed([away('pg-0', 'gone'), first, second], { ballot: electing }));
      expect(summary(decision)).to.deep.equal([`write promoting 6 ${expected}`]);
    });
  }

  it('prefers the requested member among equals only', () => {
    const switchover = { to: 'pg-2', id: 'a' };
    const of = (lsn: string) => [away('pg-0', 'gone'), frozen('pg-1', '0/500'), frozen('pg-2', lsn)];
    expect(summary(decide(observed(of('0/500'), { ballot: electing, switchover })))).to.deep.equal([
      'write promoting 6 pg-2',
    ]);
    expect(summary(decide(observed(of('0/4F8'), { ballot: electing, switchover })))).to.deep.equal([
      'write promoting 6 pg-1',
    ]);
  });

  it('elects the stopped old primary when only one standby is left: nobody holds more', () => {
    const old = frozen('pg-0', '0/300', { complete: true });
    const decision = decide(
      observed([old, frozen('pg-1', '0/500'), away('pg-2', 'gone')], { ballot: electing }),
    );
    expect(summary(decision)).to.deep.equal(['write promoting 6 pg-0']);
  });

  it('counts no vote of another system or of an older term', () => {
    const other = member('pg-2', { term: 6, role: 'frozen', systemId: '8', vote: vote('0/900') });
    const decision = decide(
      observed([away('pg-0', 'gone'), frozen('pg-1', '0/500'), other], { ballot: electing }),
    );
    expect(summary(decision)).to.deep.equal(['send pg-0 freeze 6']);
  });

  it('raises the term again when a member has promised a newer one', () => {
    const ahead = member('pg-2', { term: 9, role: 'frozen' });
    expect(summary(decide(observed([away('pg-0', 'gone'), one, ahead], { ballot: electing })))).to.deep.equal(
      ['write electing 10 -'],
    );
  });

  it('is Blocked after 10 s without a majority, and only a named override gets past it', () => {
    const members = [away('pg-0', 'gone'), frozen('pg-1', '0/500'), away('pg-2', 'gone')];
    const blocked = decide(observed(members, { ballot: electing, stageMs: 11_000 }));
    expect(blocked.blocked).to.include('1 of 2 votes for term 6; missing: pg-0 (gone), pg-2 (gone)');
    const wrong = decide(observed(members, { ballot: electing, allowDataLoss: { term: 5, member: 'pg-1' } }));
    expect(wrong.phase).to.equal('Electing');
    const right = decide(observed(members, { ballot: electing, allowDataLoss: { term: 6, member: 'pg-1' } }));
    expect(summary(right)).to.deep.equal(['write promoting 6 pg-1']);
  });
});

describe('the first database', () => {
  const empty = (name: string, contact: Contact = 'up') =>
    member(
      name,
      { term: 0, role: 'none', data: 'empty', systemId: null, lineage: [], streaming: false },
      { contact },
    );

  it('is made on the first member once every volume is known to be empty', () => {
    const fresh = { ballot: null, systemId: null };
    const members = [empty('pg-0'), empty('pg-1'), empty('pg-2')];
    expect(summary(decide(observed(members, fresh)))).to.deep.equal(['write bootstrap 1 pg-0']);
    const waiting = decide(observed([empty('pg-0'), empty('pg-1'), empty('pg-2', 'gone')], fresh));
    expect(waiting).to.deep.include({ phase: 'Pending', actions: [] });
  });

  it('is never made when a member holds data: a primary is elected from what is there', () => {
    const decision = decide(observed([empty('pg-0'), one, two], { ballot: null, systemId: null }));
    expect(summary(decision)).to.deep.equal(['write electing 6 -']);
  });
});
