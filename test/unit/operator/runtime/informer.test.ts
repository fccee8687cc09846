import { expect } from 'chai';
import { startInformer } from '../../../../operator/runtime/informer.ts';
import { silentLogger } from '../../../../operator/runtime/log.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';

const PATH = '/api/v1/namespaces/ns/pods';

function setup() {
  const clock = createManualClock();
  const api = createMemoryApi();
  const changed: string[] = [];
  api.put(`${PATH}/a`, { metadata: { name: 'a' } });
  const start = () =>
    startInformer({ api, clock, log: silentLogger, path: PATH, onChange: (name) => changed.push(name) });
  return { clock, api, changed, start };
}

describe('informer', () => {
  it('lists what exists, then follows changes and deletions', async () => {
    const { clock, api, changed, start } = setup();
    const informer = start();
    await clock.advance(0);
    expect(informer.synced()).to.equal(true);
    api.put(`${PATH}/b`, { metadata: { name: 'b' } });
    api.delete(`${PATH}/a`);
    expect(informer.list().map((object) => object.metadata.name)).to.deep.equal(['b']);
    expect(changed).to.deep.equal(['a', 'b', 'a']);
    informer.stop();
  });

  it('is not synced while the server fails, and recovers by itself', async () => {
    const { clock, api, start } = setup();
    api.failWith = 500;
    const informer = start();
    await clock.advance(2000);
    expect(informer.synced()).to.equal(false);
    api.failWith = null;
    await clock.advance(500);
    expect(informer.synced()).to.equal(true);
    informer.stop();
  });

  it('relists every 30 s, so that a watch that went silent cannot hide a change', async () => {
    const { clock, api, changed, start } = setup();
    api.watch = (_path, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    const informer = start();
    await clock.advance(0);
    api.put(`${PATH}/b`, { metadata: { name: 'b' } });
    await clock.advance(30_000);
    expect(changed).to.deep.equal(['a', 'b']);
    informer.stop();
  });
});
