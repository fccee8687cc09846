import { expect } from 'chai';
import type { PostgresSet } from '../../../../../operator/postgres/resource.ts';
import { createStoragePass } from '../../../../../operator/postgres/storage/storage-pass.ts';
import { ApiError } from '../../../../../operator/runtime/api.ts';
import type { EventInput } from '../../../../../operator/runtime/events.ts';
import { silentLogger } from '../../../../../operator/runtime/log.ts';
import { createMetrics } from '../../../../../operator/runtime/metrics.ts';
import { CLAIMS, objectPath } from '../../../../../operator/runtime/paths.ts';
import { systemClock } from '../../../../../operator/runtime/clock.ts';
import { eventually } from '../../../../support/eventually.ts';
import { createMemoryApi } from '../../../../support/memory-api.ts';
import { timeouts } from '../../../../support/timeouts.ts';

const names = ['data-pg-0', 'data-pg-1', 'data-pg-2'];
const path = (name: string): string => objectPath(CLAIMS, 'ns', name);
const within = { withinMs: timeouts.soonMs, everyMs: 5 };

/** Three bound claims of 2Gi behind an API that lets them grow, or not. */
function world(refusal: string | null) {
  const memory = createMemoryApi();
  const storage = '2Gi';
  for (const name of names) {
    const object = { metadata: { name }, spec: { resources: { requests: { storage } } } };
    memory.put(path(name), { ...object, status: { capacity: { storage } } });
  }
  const api: typeof memory = Object.create(memory, {
    request: {
      value: <T>(method: string, at: string, options: object): Promise<T> =>
        method === 'PATCH' && refusal !== null
          ? Promise.reject(new ApiError(refusal, 403))
          : memory.request<T>(method, at, options),
    },
  }) as typeof memory;
  const events: EventInput[] = [];
  const pass = createStoragePass({
    ...{
      api,
      clock: systemClock,
      log: silentLogger,
      metrics: createMetrics(),
      namespace: 'ns',
      identity: 'test',
    },
    events: { record: (_about, event) => events.push(event) },
    enqueue: () => undefined,
    isLeader: () => true,
  });
  const requested = (): unknown[] =>
    names.map((name) => (memory.get(path(name)) as unknown as Claim).spec.resources.requests.storage);
  return { pass, events, requested };
}

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

function wanting(size?: string): PostgresSet {
  const spec = { statefulSet: 'pg', members: 3, ...(size !== undefined && { storage: { size } }) };
  return { metadata: { name: 'pg' }, spec: spec as PostgresSet['spec'] };
}

describe('the operator, asked for bigger volumes', () => {
  it('asks for them, claim by claim, and says that it waits', async () => {
    const { pass, events, requested } = world(null);
    pass.look(wanting('4Gi'));
    await eventually(() => expect(pass.conditions()[0]).to.include({ reason: 'Growing' }), within);
    expect(requested()).to.deep.equal(['4Gi', '4Gi', '4Gi']);
    expect(events.map(({ reason }) => reason)).to.deep.equal(['VolumeGrows', 'VolumeGrows', 'VolumeGrows']);
  });

  it('says so where the class cannot, and changes nothing', async () => {
    const { pass, events, requested } = world('only dynamically provisioned pvc can be resized');
    pass.look(wanting('4Gi'));
    await eventually(() => expect(pass.conditions()[0]).to.include({ reason: 'CannotGrow' }), within);
    expect(pass.conditions()[0]?.message).to.include('data-pg-1 stays at 2Gi: only dynamically');
    expect(requested()).to.deep.equal(['2Gi', '2Gi', '2Gi']);
    expect(events[0]).to.include({ type: 'Warning', reason: 'VolumeCannotGrow' });
  });

  it('asks for nothing when no size is wanted', async () => {
    const { pass, requested } = world(null);
    pass.look(wanting());
    await new Promise((resolve) => setImmediate(resolve));
    expect(pass.conditions()).to.deep.equal([]);
    expect(requested()).to.deep.equal(['2Gi', '2Gi', '2Gi']);
  });
});
