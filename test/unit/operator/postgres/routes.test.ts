import { expect } from 'chai';
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { decide } from '../../../../operator/postgres/decide.ts';
import type { MemberView, Observed } from '../../../../operator/postgres/observed.ts';
import { routesFor } from '../../../../operator/postgres/routes.ts';
import { away, ballot, member, observed, one, primary, two } from './observed-fixtures.ts';

const electing = ballot({ term: 6, stage: 'electing', primary: null, from: 'pg-0', cause: 'gone' });

describe('routing', () => {
  const routes = (members: readonly MemberView[], changes: Partial<Observed> = {}) => {
    const seen = observed(members, changes);
    return routesFor(seen, decide(seen));
  };

  it('keeps sending writers where they were while a primary that serves has had no commit of this term acknowledged', () => {
    expect(routes([primary(), one, two]).rw).to.deep.equal(['pg-0']);
    expect(routes([primary({ servingTerm: 4 }), one, two]).rw).to.equal('keep');
  });

  it('sends writers to who won an election as soon as it has promised to be primary and runs', () => {
    const promoting = ballot({ term: 6, stage: 'promoting', primary: 'pg-1', from: 'pg-0' });
    const rw = (changes: Partial<AgentStatus>) =>
      routes([away('pg-0', 'gone'), member('pg-1', changes), two], { ballot: promoting }).rw;
    expect(rw({ term: 6, role: 'frozen', primary: null })).to.equal('keep');
    expect(rw({ term: 6, role: 'primary', primary: null })).to.deep.equal(['pg-1']);
    expect(rw({ term: 6, role: 'primary', primary: null, postgres: 'stopped' })).to.equal('keep');
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
