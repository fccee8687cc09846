// Plays schedules of random numbers in the model.
import fc from 'fast-check';
import { advance, check, heal, roundOf } from './model.ts';
import { clientWrites, crashPod } from './model-postgres.ts';
import { agentOf, createWorld, FIVE, THREE } from './model-world.ts';
import type { Mutant, World } from './model-world.ts';

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
