// The end of a leading operator: its successor gets the Lease when nothing is half done.
import { expect } from 'chai';
import { createLogger } from '../../../../operator/runtime/log.ts';
import { startManager } from '../../../../operator/runtime/manager.ts';
import type { Manager } from '../../../../operator/runtime/manager.ts';
import { createMetrics } from '../../../../operator/runtime/metrics.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/operator';

describe('a leading operator that is told to stop', () => {
  let clock: ManualClock;
  let api: MemoryApi;
  let manager: Manager;
  let busy: boolean;

  const holder = (): unknown =>
    (api.get(LEASE) as { spec?: { holderIdentity?: string } }).spec?.holderIdentity;

  beforeEach(async () => {
    clock = createManualClock();
    api = createMemoryApi();
    busy = true;
    manager = startManager({
      ...{ api, clock, namespace: 'ns', identity: 'a', leaseName: 'operator' },
      log: createLogger('test', 'silent'),
      events: { record: () => undefined },
      metrics: createMetrics(),
      onLost: () => expect.fail('the Lease was lost'),
      controllers: [
        () => ({
          name: 'Set',
          keys: () => [],
          reconcile: () => Promise.resolve({}),
          synced: () => true,
          busy: () => busy,
          stop: () => undefined,
        }),
      ],
    });
    await clock.advance(0);
    expect(holder()).to.equal('a');
  });

  it('keeps the Lease until what it has begun is finished', async () => {
    const stopped = manager.stop();
    await clock.advance(5000);
    expect(holder()).to.equal('a');
    busy = false;
    await clock.advance(100);
    await stopped;
    expect(holder()).to.equal('');
  });

  it('does not believe that nothing is to be done before it has looked for half a second', async () => {
    busy = false;
    const stopped = manager.stop();
    await clock.advance(400);
    expect(holder()).to.equal('a');
    await clock.advance(100);
    await stopped;
    expect(holder()).to.equal('');
  });

  it('leaves after 15 s in any case', async () => {
    const stopped = manager.stop();
    await clock.advance(15_000);
    await stopped;
    expect(holder()).to.equal('');
  });
});
