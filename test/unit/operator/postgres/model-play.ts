// Plays schedules of random numbers in the model.
import fc from 'fast-check';
import { advance, check, heal, roundOf } from './model.ts';
import { clientWrites, crashPod, endPostgres, replicate } from './model-postgres.ts';
import { agentOf, createWorld, FIVE, THREE } from './model-world.ts';
import type { Agent, Mutant, World } from './model-world.ts';

/** One number per step: two digits say what happens, the rest to whom. */
export const schedule = fc.array(fc.nat(99_999), { minLength: 50, maxLength: 400, size: 'max' });

export function play(mutant: Mutant, steps: readonly number[], names = THREE): World {
  const world = createWorld(mutant, names);
  heal(world);
  for (const step of steps) {
    advance(world, step % 100, Math.floor(step / 100));
    check(world);
  }
  heal(world);
  return world;
}

/** Whether any of `runs` schedules, always the same ones, makes the checks fail. */
export function breaks(mutant: Mutant, runs: number): boolean {
  const property = fc.property(schedule, (steps) => {
    play(mutant, steps);
  });
  return fc.check(property, { numRuns: runs, seed: 20_261, endOnFailure: true }).failed;
}

/** The pod of a primary that handed over is replaced while it runs as a standby and was not compared yet, as in a drain. */
export function restartAfterHandOver(): World {
  const world = createWorld('none');
  heal(world);
  const former = agentOf(world, 'pg-0');
  if (!former) throw new Error('no agents');
  clientWrites(world, former);
  world.wish = { to: 'pg-1', id: 'asked' };
  const isBack = (): boolean => former.alive && former.record.role === 'standby';
  for (let round = 0; round < 100 && !isBack(); round += 1) roundOf(world);
  if (!isBack() || former.record.wroteTerm === null) throw new Error('it did not hand over');
  crashPod(world, former);
  heal(world);
  return world;
}

/** pg-0 is elected again where it is; pg-1 hears nothing of it and streams on, pg-2 hears of it and has nothing new yet. */
function reelectWhereItIs(world: World): void {
  const [primary, missed, heard] = THREE.map((name) => agentOf(world, name));
  if (!primary || !missed || !heard) throw new Error('no agents');
  endPostgres(world, primary, false);
  // All three report to one operator, and it decides; before that is delivered, one cannot be reached.
  for (const pick of [0, 4, 2]) advance(world, 0, pick);
  advance(world, 16, 2);
  missed.up = false;
  const follows = ({ record }: Agent): boolean =>
    record.role === 'standby' && record.term === 2 && record.pending === null;
  for (let round = 0; round < 100 && !follows(heard); round += 1) roundOf(world, []);
  if (!follows(heard) || missed.record.term !== 1) throw new Error('it did not come to that');
  missed.up = true;
}

/** A standby alone receives what a primary writes whose election it has missed; then that primary is lost. */
export function streamOnAfterAMissedElection(mutant: Mutant): World {
  const world = createWorld(mutant);
  heal(world);
  reelectWhereItIs(world);
  const [primary, missed] = THREE.map((name) => agentOf(world, name));
  if (!primary || !missed) throw new Error('no agents');
  clientWrites(world, primary);
  for (let record = 0; record < 5; record += 1) replicate(world, missed);
  if (!missed.log.some(({ term }) => term === 2)) throw new Error('it does not stream on');
  crashPod(world, primary);
  primary.up = false;
  for (let round = 0; round < 100; round += 1) {
    roundOf(world);
    check(world);
  }
  heal(world);
  return world;
}

/**
 * Growth from three to five while only one standby keeps up; then the primary and that standby are lost. Random
 * schedules come here too rarely to show a broken rule.
 */
export function electByThoseWhoLag(mutant: Mutant): World {
  const world = createWorld(mutant, FIVE);
  heal(world);
  const [primary, keepsUp] = ['pg-0', 'pg-1'].map((name) => agentOf(world, name));
  if (!primary || !keepsUp) throw new Error('no agents');
  world.wanted = FIVE;
  // Until the first step is about to be recorded: the new ones stream.
  for (let round = 0; round < 100 && primary.senders.size < 4; round += 1) roundOf(world);
  for (let round = 0; round < 20; round += 1) {
    clientWrites(world, primary);
    roundOf(world, ['pg-1']);
  }
  for (const agent of [primary, keepsUp]) {
    crashPod(world, agent);
    agent.up = false;
  }
  for (let round = 0; round < 100; round += 1) {
    roundOf(world);
    check(world);
  }
  heal(world);
  return world;
}
