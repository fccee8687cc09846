import { expect } from 'chai';
import { decide } from '../../../../operator/postgres/decide.ts';
import { diskCondition } from '../../../../operator/postgres/disk-pressure.ts';
import type { MemberView } from '../../../../operator/postgres/observed.ts';
import { routesFor } from '../../../../operator/postgres/routes.ts';
import { ballot, member, observed, one, primary, two } from './observed-fixtures.ts';

const disk = { freeMib: 16, totalMib: 2000, full: true };
const vote = (lsn: string) => ({ term: 6, logTerm: 5, lsn, complete: false });
const frozen = (name: string, lsn: string, more: object = {}): MemberView =>
  member(name, { role: 'frozen', term: 6, vote: vote(lsn), streaming: false, ...more });

/** Whom the register names after one step. */
function next(members: readonly MemberView[], stage: 'serving' | 'electing' = 'serving') {
  const register = stage === 'serving' ? ballot() : ballot({ term: 6, stage, primary: null, from: 'pg-0' });
  const { actions } = decide(observed(members, { ballot: register }));
  const write = actions.find((action) => action.do === 'write');
  return write?.do === 'write' ? write.ballot : null;
}

describe('a member whose disk is full', () => {
  it('hands over when it is the primary and both others have room', () => {
    expect(next([primary({ disk }), one, two])).to.include({
      stage: 'stopping',
      cause: 'the disk of pg-0 is full',
    });
  });

  it('stays primary when another is full as well: that one could not go on either', () => {
    expect(next([primary({ disk }), one, member('pg-2', { disk })])).to.equal(null);
  });

  it('is not elected while the others are a majority by themselves', () => {
    const gone = member('pg-0', {}, { contact: 'gone' });
    const three = [frozen('pg-0', '0/500'), frozen('pg-1', '0/500'), frozen('pg-2', '0/600', { disk })];
    expect(next(three, 'electing')).to.include({ stage: 'promoting', primary: 'pg-0' });
    // Its log may be the only one with an acknowledged commit.
    const twoLeft = [gone, frozen('pg-1', '0/500'), frozen('pg-2', '0/600', { disk })];
    expect(next(twoLeft, 'electing')).to.include({ stage: 'promoting', primary: 'pg-2' });
  });

  it('helps to elect another that runs, before a stopped former primary is started again', () => {
    const complete = { ...vote('0/400'), complete: true };
    const former = member('pg-0', { role: 'frozen', term: 6, postgres: 'stopped', vote: complete });
    const withFull = (lsn: string) => [former, frozen('pg-1', '0/500'), frozen('pg-2', lsn, { disk })];
    expect(next(withFull('0/500'), 'electing')).to.include({ stage: 'promoting', primary: 'pg-1' });
    // What the full one holds beyond the other, the former primary has as well.
    expect(next(withFull('0/600'), 'electing')).to.include({ stage: 'promoting', primary: 'pg-0' });
  });

  it('is not read from', () => {
    const set = observed([primary(), one, member('pg-2', { disk })]);
    expect(routesFor(set, decide(set)).ro).to.deep.equal(['pg-1']);
  });

  it('is named in the condition, also while it is away', () => {
    const away = member('pg-2', { disk }, { contact: 'gone' });
    const { status, message } = diskCondition([one, away]);
    expect(status).to.equal('True');
    expect(message).to.include('pg-2: 16 of 2000 MiB free').and.not.to.include('pg-1');
    expect(diskCondition([one, two])).to.include({ status: 'False', message: '' });
  });
});
