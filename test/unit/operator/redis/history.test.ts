// What is written into a set's history: changes of the master, with the time nobody could write.
import { expect } from 'chai';
import { createHistory } from '../../../../operator/redis/history.ts';
import type { Verdict } from '../../../../operator/redis/model.ts';
import { asMaster, situation } from './situations.ts';
import type { Situation } from './situations.ts';

const date = new Date('2026-01-01T00:00:00Z');
const verdict = (master: string | undefined, phase: Verdict['phase'] = 'Healthy'): Verdict => ({
  ...{ phase, master, epoch: 4, intents: [] },
  message: master === undefined ? 'redis-0 is dead' : 'fine',
});
const at = (atMs: number, given: Situation = {}) => ({ ...situation(given), atMs });
const promoted: Situation = { members: { 'redis-1': { ...asMaster, termMaster: 'redis-1' } } };
const elect = {
  action: { kind: 'elect', member: 'redis-1', why: 'redis-0 is dead' },
  error: undefined,
} as const;

describe("a Redis set's history", () => {
  it('records a failover with its outage, reason and steps', () => {
    const history = createHistory('redis-0');
    const done = [{ ...elect, durationMs: 300, steps: { equal: 10, promoted: 250 } }];
    expect(history.take(at(1_000), verdict(undefined), [], date)).to.equal(undefined);
    expect(history.take(at(1_100), verdict(undefined), done, date)).to.equal(undefined);
    const failover = history.take(at(1_640, promoted), verdict('redis-1'), [], date);
    expect(failover).to.deep.include({
      ...{ from: 'redis-0', to: 'redis-1', kind: 'unplanned', outageMs: 640, outage: '640ms', epoch: 4 },
      ...{ reason: 'redis-0 is dead', steps: { noticed: 100, equal: 10, promoted: 250, writable: 240 } },
    });
  });

  it('waits for the new master to have had a write of its own replicated', () => {
    const history = createHistory('redis-0');
    history.take(at(0), verdict(undefined), [], date);
    const early = at(500, { members: { 'redis-1': { ...asMaster, termMaster: 'redis-0' } } });
    expect(history.take(early, verdict('redis-1'), [], date)).to.equal(undefined);
    expect(history.take(at(900, promoted), verdict('redis-1'), [], date)?.outageMs).to.equal(900);
  });

  it('does not call the first master of a set a failover', () => {
    const history = createHistory(undefined);
    expect(history.take(at(0), verdict('redis-0'), [], date)).to.equal(undefined);
  });

  it('does not call a master that was silent for a while a failover', () => {
    const history = createHistory('redis-0');
    history.take(at(0), verdict(undefined, 'Degraded'), [], date);
    expect(history.take(at(2_000), verdict('redis-0'), [], date)).to.equal(undefined);
  });

  it('records a planned switch once, with the time of its steps', () => {
    const history = createHistory('redis-0');
    const action = { kind: 'switch', from: 'redis-0', to: 'redis-1', why: 'was asked for' } as const;
    const done = [{ action, error: undefined, durationMs: 900, steps: { fenced: 10, promoted: 400 } }];
    expect(history.take(at(0), verdict('redis-0'), done, date)).to.equal(undefined);
    history.take(at(500), verdict(undefined, 'FailingOver'), [], date);
    const failover = history.take(at(1_500, promoted), verdict('redis-1'), [], date);
    expect(failover).to.include({ from: 'redis-0', to: 'redis-1', kind: 'planned', outageMs: 410 });
  });

  it('sees a failover that Sentinel did by itself', () => {
    const history = createHistory('redis-0');
    history.take(at(0), verdict(undefined, 'FailingOver'), [], date);
    expect(history.take(at(3_000, promoted), verdict('redis-1'), [], date)).to.include({ kind: 'unplanned' });
  });
});
