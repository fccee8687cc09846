import { expect } from 'chai';
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { Decision, MemberView } from '../../../../operator/postgres/observed.ts';
import { away, ballot, frozen, LINEAGE, member, observed, summary } from './observed-fixtures.ts';

describe('while the winner is promoted', () => {
  const promoting = ballot({ term: 6, stage: 'promoting', primary: 'pg-1', from: 'pg-0' });
  const lineage = [...LINEAGE, { term: 6, startLsn: '0/500' }];
  const promoted: Partial<AgentStatus> = {
    term: 6,
    role: 'primary',
    primary: null,
    streaming: false,
    lineage,
  };

  it('promotes it, then points the others at it, then lets it serve', () => {
    const at = (winner: MemberView) =>
      summary(
        decide(observed([away('pg-0', 'gone'), winner, frozen('pg-2', '0/500')], { ballot: promoting })),
      );
    expect(at(frozen('pg-1', '0/600', { complete: true }))).to.deep.equal(['send pg-1 promote 6']);
    expect(at(member('pg-1', promoted))).to.deep.equal(['send pg-2 follow 6']);
    expect(at(member('pg-1', { ...promoted, writable: true, servingTerm: 6 }))).to.deep.equal([
      'write serving 6 pg-1',
    ]);
  });

  const told = (other: MemberView): Decision =>
    decide(observed([away('pg-0', 'gone'), frozen('pg-1', '0/500'), other], { ballot: promoting }));

  it('points whoever holds a beginning of its log at it at once, with the lineage that the promotion makes', () => {
    const decision = told(frozen('pg-2', '0/4F8'));
    expect(summary(decision)).to.deep.equal(['send pg-1 promote 6', 'send pg-2 follow 6']);
    const [, follow] = decision.actions;
    expect(follow).to.have.nested.property('command.lineage').that.deep.equals(lineage);
  });

  const later: readonly (readonly [string, MemberView])[] = [
    ['holds more than it', frozen('pg-2', '0/508')],
    ['holds a log of another term', frozen('pg-2', '0/400', { logTerm: 4 })],
    ['is a stopped former primary', frozen('pg-2', '0/500', { complete: true })],
    ['has not voted', member('pg-2', { term: 6, role: 'frozen', streaming: false })],
  ];
  for (const [name, other] of later) {
    it(`waits until it is promoted before it points one at it that ${name}`, () => {
      expect(summary(told(other))).to.deep.equal(['send pg-1 promote 6']);
    });
  }

  it('starts a stopped former primary only when it serves, or nobody else could acknowledge its first commit', () => {
    const old = member('pg-0', { term: 6, role: 'frozen', postgres: 'stopped', streaming: false });
    const winner = member('pg-1', promoted);
    const follower = member('pg-2', { term: 6, primary: 'pg-1' });
    const at = (other: MemberView, stageMs: number) =>
      summary(decide(observed([old, winner, other], { ballot: promoting, stageMs })));
    expect(at(follower, 100)).to.deep.equal([]);
    expect(at(follower, 3000)).to.deep.equal(['send pg-0 follow 6']);
    expect(at(away('pg-2', 'gone'), 100)).to.deep.equal(['send pg-0 follow 6']);
  });

  it('begins a new ballot when the winner is lost', () => {
    const members = [away('pg-0', 'gone'), away('pg-1', 'refused'), frozen('pg-2', '0/500')];
    expect(summary(decide(observed(members, { ballot: promoting })))).to.deep.equal(['write electing 7 -']);
  });
});
