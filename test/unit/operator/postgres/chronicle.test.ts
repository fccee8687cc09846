import { expect } from 'chai';
import { createChronicle } from '../../../../operator/postgres/chronicle.ts';
import { reportOf } from '../../../../operator/postgres/report.ts';
import type { HistoryEntry } from '../../../../operator/postgres/resource.ts';
import { ballot, member, observed, one, primary, two } from './observed-fixtures.ts';

describe('the history of a PostgresSet', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  const gone = primary({ commitAgeMs: 100 }, { contact: 'silent', silentMs: 2000 });
  const electing = ballot({ term: 6, stage: 'electing', primary: null, from: 'pg-0', cause: 'silent' });
  const promoted = ballot({ term: 6, stage: 'serving', primary: 'pg-1', from: 'pg-0', cause: 'silent' });

  it('tells the outage from the old primary’s last commit to the new one’s first', () => {
    const chronicle = createChronicle();
    chronicle.note(observed([primary({ commitAgeMs: 100 }, { silentMs: 0 }), one, two]), [], 10_000);
    chronicle.note(observed([gone, one, two], { ballot: electing }), [], 12_000);
    expect(chronicle.finish(promoted, 12_500, at)).to.include({ term: 6, from: 'pg-0', outageMs: 2600 });
  });

  it('tells it also when the operator that finishes never saw the old primary serve', () => {
    const chronicle = createChronicle();
    chronicle.note(observed([gone, one, two], { ballot: electing }), [], 12_000);
    expect(chronicle.finish(promoted, 12_500, at)).to.include({ outageMs: 2600 });
  });

  it('counts the time for which a primary waits to hand over as no outage: it serves', () => {
    const chronicle = createChronicle();
    const stopping = ballot({ term: 5, stage: 'stopping', primary: 'pg-0', cause: 'drain' });
    const at5 = (ageMs: number) => [primary({ commitAgeMs: ageMs }, { silentMs: 0 }), one, two];
    chronicle.note(observed(at5(100), { ballot: stopping }), [], 10_000);
    chronicle.note(observed(at5(50), { ballot: stopping }), [], 14_000);
    chronicle.note(observed([gone, one, two], { ballot: electing }), [], 14_300);
    const entry = chronicle.finish(promoted, 14_500, at);
    expect(entry).to.include({ outageMs: 550 });
    expect(entry?.millis).to.include({ handOver: 4_300, total: 200 });
  });

  it('names the one that was stopped on request, not the one of the change before', () => {
    const chronicle = createChronicle();
    const stopping = ballot({
      term: 6,
      stage: 'stopping',
      primary: 'pg-0',
      from: 'pg-2',
      cause: 'switchover',
    });
    chronicle.note(observed([primary(), one, two], { ballot: stopping }), [], 12_000);
    expect(chronicle.finish(promoted, 12_500, at)).to.include({ from: 'pg-0', to: 'pg-1' });
  });

  it('keeps all votes that decided, also those given up while the winner was promoted', () => {
    const chronicle = createChronicle();
    const vote = { term: 6, logTerm: 5, lsn: '0/3000000', complete: false };
    const voteOf = (member: string) => ({ member, vote });
    chronicle.note(observed([gone, one, two], { ballot: electing }), ['pg-1', 'pg-2'].map(voteOf), 12_000);
    const promoting = { ...electing, stage: 'promoting', primary: 'pg-1' } as const;
    chronicle.note(observed([gone, one, two], { ballot: promoting }), [voteOf('pg-2')], 12_100);
    const told = chronicle.finish(promoted, 12_500, at)?.votes;
    expect(told).to.deep.equal(['pg-1', 'pg-2'].map((member) => ({ member, ...vote })));
  });

  it('is told once per term', () => {
    const chronicle = createChronicle();
    chronicle.note(observed([gone, one, two], { ballot: electing }), [], 12_000);
    chronicle.finish(promoted, 12_500, at);
    expect(chronicle.finish(promoted, 12_600, at)).to.equal(null);
  });

  const entry: HistoryEntry = {
    ...{ term: 6, at: at.toISOString(), cause: 'silent', from: 'pg-2', to: 'pg-1', votes: [], millis: {} },
    ...{ outageMs: 2600, discardedBytes: null, rejoined: null },
  };
  const cameBackIn = (term: number, known = entry): string | null | undefined => {
    const rejoin = { term, method: 'rewind', discardedBytes: 80, tookMs: 900 } as const;
    const set = { metadata: { name: 'pg' }, spec: {} } as unknown as Parameters<typeof reportOf>[0];
    const seen = observed([primary(), one, member('pg-2', { rejoin })]);
    const nothing = { phase: 'Healthy', actions: [], blocked: null, connectivity: null } as const;
    return reportOf(set, seen, nothing, [known]).history?.[0]?.rejoined;
  };

  it('tells how the old primary came back, also when it was away for a second change', () => {
    expect(cameBackIn(6)).to.equal('rewind in 900 ms');
    expect(cameBackIn(7)).to.equal('rewind in 900 ms');
  });

  it('tells it also of an entry that the API gave back without its nulls', () => {
    const readAgain = Object.entries(entry).filter(([, value]) => value !== null);
    expect(cameBackIn(6, Object.fromEntries(readAgain) as unknown as HistoryEntry)).to.equal(
      'rewind in 900 ms',
    );
  });

  it('does not take an earlier return for this one', () => {
    expect(cameBackIn(5)).to.equal(null);
  });
});
