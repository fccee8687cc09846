import { expect } from 'chai';
import { plan } from '../../../../operator/agent/plan.ts';
import type { Local } from '../../../../operator/agent/plan.ts';
import { NOTHING_PROMISED } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import { down, pending, primary, standby, stopped } from './local-fixtures.ts';

describe('the agent’s next step towards another copy', () => {
  const following: PromiseRecord = {
    ...NOTHING_PROMISED,
    ...{ term: 3, role: 'standby', primary: 'pg-1', data: 'whole', systemId: '7' },
  };
  const outrun: Local = { ...standby, upstream: 'pg-1', outrun: true };
  const allowed = { ...pending, mayReplaceData: true };
  const step = (changes: Partial<PromiseRecord>, local: Local): string =>
    plan({ ...following, ...changes }, local, 'wait').do;

  it('is none for a standby that was outrun, until it may be replaced: it runs, is read and votes', () => {
    expect(step({ pending }, outrun)).to.equal('nothing');
    expect(step({ pending }, { ...outrun, upstream: 'pg-0' })).to.equal('setUpstream');
  });

  it('stops a standby that was outrun and may be replaced, then clones it', () => {
    expect(step({ pending: allowed }, outrun)).to.equal('kill');
    expect(step({ pending: allowed }, { ...down, outrun: true })).to.equal('clone');
  });

  it('compares a standby that was outrun by another primary than the promised one', () => {
    expect(step({ pending: allowed }, { ...standby, atEndOfWal: true })).to.equal('compare');
  });

  it('notices that a standby that was outrun was promoted by hand', () => {
    expect(step({ pending }, { ...primary, standbySignal: true, outrun: true })).to.equal('forked');
  });

  it('waits after a clone that failed', () => {
    const paused = { clonePauses: true };
    expect(step({ data: 'empty' }, { ...stopped, ...paused })).to.equal('nothing');
    expect(step({ pending: allowed }, { ...down, outrun: true, ...paused })).to.equal('nothing');
  });
});
