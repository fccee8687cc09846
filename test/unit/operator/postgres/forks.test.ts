import { expect } from 'chai';
import { decide } from '../../../../operator/postgres/decide.ts';
import { forkCondition, forkEvents, recordForks } from '../../../../operator/postgres/forks.ts';
import type { ForkEntry } from '../../../../operator/postgres/forks.ts';
import { member, observed, one, primary } from './observed-fixtures.ts';

const fork = { timeline: 3, forkLsn: '0/500', endLsn: '0/5F0', bytes: 240 };
const forked = member('pg-2', { data: 'forked', streaming: false, postgres: 'stopped', fork });
const entry: ForkEntry = { ...fork, member: 'pg-2', at: '2026-01-01T00:00:00Z', rejoined: null };

/** Whether pg-2 is allowed to throw its data away. */
function mayReplace(forks: readonly ForkEntry[], view = forked): boolean | undefined {
  const { actions } = decide(observed([primary(), one, view], { forks }));
  return actions.flatMap((action) =>
    action.do === 'send' && action.to === 'pg-2' && action.command.kind === 'follow'
      ? [action.command.mayReplaceData]
      : [],
  )[0];
}

describe('a member that somebody promoted by hand', () => {
  it('keeps what it wrote until that is written down', () => {
    expect(mayReplace([])).to.equal(false);
    expect(mayReplace([entry])).to.equal(true);
  });

  it('keeps it when it was promoted once more since', () => {
    expect(mayReplace([{ ...entry, endLsn: '0/5A0' }])).to.equal(false);
  });

  it('keeps what could not be counted', () => {
    const uncounted = { ...fork, endLsn: null, bytes: null };
    const view = member('pg-2', { ...forked.status, fork: uncounted });
    expect(mayReplace([{ ...entry, ...uncounted }], view)).to.equal(false);
  });

  it('is written down once, with the way it came back', () => {
    const known = recordForks([], [primary(), one, forked], entry.at);
    expect(known).to.deep.equal([entry]);
    expect(recordForks(known, [primary(), one, forked], 'later')).to.deep.equal([entry]);
    const rejoin = { term: 5, method: 'rewind', discardedBytes: 240, tookMs: 800 } as const;
    const [back] = recordForks(known, [primary(), one, member('pg-2', { rejoin })], 'later');
    expect(back?.rejoined).to.equal('rewind in 800 ms');
  });

  it('is told once as an event and as long as it lasts as a condition, with timeline, position and bytes', () => {
    const [event, ...more] = forkEvents([], [entry]);
    expect(more).to.deep.equal([]);
    expect(event?.note)
      .to.include('pg-2')
      .and.include('timeline 3')
      .and.include('0/500')
      .and.include('240 bytes');
    expect(forkEvents([entry], [{ ...entry, rejoined: 'yes' }])).to.deep.equal([]);
    expect(forkCondition([one, forked])).to.include({ status: 'True', message: event?.note });
    expect(forkCondition([one])).to.include({ status: 'False', message: '' });
  });
});
