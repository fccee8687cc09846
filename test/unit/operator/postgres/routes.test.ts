import { expect } from 'chai';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { MemberView, Observed } from '../../../../operator/postgres/observed.ts';
import { routesFor } from '../../../../operator/postgres/routes.ts';
import { away, ballot, observed, one, primary, two } from './observed-fixtures.ts';

const electing = ballot({ term: 6, stage: 'electing', primary: null, from: 'pg-0', cause: 'gone' });

describe('routing', () => {
  const routes = (members: readonly MemberView[], changes: Partial<Observed> = {}) => {
    const seen = observed(members, changes);
    return routesFor(seen, decide(seen));
  };

  it('sends writers to a primary only after a standby acknowledged a commit of its own in this term', () => {
    expect(routes([primary(), one, two]).rw).to.deep.equal(['pg-0']);
    expect(routes([primary({ servingTerm: 4 }), one, two]).rw).to.equal('keep');
  });

  it('sends readers to standbys that keep up, and to the primary when there is none', () => {
    expect(routes([primary(), one, two]).ro).to.deep.equal(['pg-1', 'pg-2']);
    expect(routes([primary(), one, away('pg-2', 'silent')]).ro).to.deep.equal(['pg-1']);
    expect(routes([primary(), away('pg-1', 'gone'), away('pg-2', 'gone')]).ro).to.deep.equal(['pg-0']);
  });

  it('keeps the routes through a short election and withdraws the writers’ in a long one', () => {
    const members = [away('pg-0', 'gone'), one, two];
    expect(routes(members, { ballot: electing }).rw).to.equal('keep');
    expect(routes(members, { ballot: electing, stageMs: 3000 }).rw).to.deep.equal([]);
  });

  it('keeps everything when nobody is heard: that is the operator’s own deafness', () => {
    const members = ['pg-0', 'pg-1', 'pg-2'].map((name) => away(name, 'silent'));
    expect(routes(members)).to.deep.equal({ rw: 'keep', ro: 'keep' });
  });
});
