// How work in the background ends: in order where it can, and in time in any case.
import { once } from 'node:events';
import { expect } from 'chai';
import { createLog } from '../../../../app/platform/log.ts';
import { startPeriodic } from '../../../../app/platform/periodic.ts';
import { timeouts } from '../../../support/timeouts.ts';

const settings = { name: 'work', pauseMs: 1, log: createLog({ level: 'silent', pod: 'test' }) };

describe('work in the background that is stopped', () => {
  it('is told so, and is waited for', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    let ended = false;
    const work = startPeriodic(settings, async (stopping) => {
      begin(undefined);
      await once(stopping, 'abort');
      await new Promise(setImmediate);
      ended = true;
    });
    await begun;
    await work.stop(timeouts.soonMs);
    expect(ended).to.equal(true);
  });

  it('is not waited for longer than there is time, when whom it asks never answers', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const work = startPeriodic(settings, () => {
      begin(undefined);
      return new Promise(() => undefined);
    });
    await begun;
    await work.stop(20);
  });
});
