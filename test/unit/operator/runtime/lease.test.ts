import { expect } from 'chai';
import { ApiError } from '../../../../operator/runtime/api.ts';
import type { Api, CallOptions } from '../../../../operator/runtime/api.ts';
import { startLease } from '../../../../operator/runtime/lease.ts';
import type { Lease } from '../../../../operator/runtime/lease.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import type { ManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/operator';

interface Candidate extends Lease {
  readonly lost: string[];
}

interface SlowApi extends Api {
  /** From a call's deadline on nobody answers, and the call ends only there. */
  answersAfterMs: number;
}

/** What is asked happens at once; the answer comes late, by the test's clock. */
function slowApi(api: MemoryApi, clock: ManualClock): SlowApi {
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const slow: SlowApi = {
    answersAfterMs: 0,
    request: async <T>(method: string, path: string, options: CallOptions = {}) => {
      const { answersAfterMs } = slow;
      const { deadlineMs = 3000 } = options;
      if (answersAfterMs >= deadlineMs) {
        await pause(deadlineMs);
        throw new ApiError(`${method} ${path}: no answer within ${deadlineMs} ms`, 0);
      }
      try {
        return await api.request<T>(method, path, options);
      } finally {
        if (answersAfterMs > 0) await pause(answersAfterMs);
      }
    },
    watch: (path, options) => api.watch(path, options),
    close: () => api.close(),
  };
  return slow;
}

function candidate(api: Api, clock: ManualClock, identity: string): Candidate {
  const lost: string[] = [];
  const lease = startLease({
    api,
    clock,
    namespace: 'ns',
    name: 'operator',
    identity,
    onLeading: () => undefined,
    onLost: (reason) => lost.push(reason),
  });
  return { isLeader: () => lease.isLeader(), stop: () => lease.stop(), lost };
}

describe('leadership by Lease', () => {
  it('creates the Lease and leads when there is none', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    expect(a.isLeader()).to.equal(true);
    expect(api.get(PATH)).to.have.nested.property('spec.holderIdentity', 'a');
  });

  it('keeps a second candidate out for as long as the first renews', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    const b = candidate(api, clock, 'b');
    await clock.advance(60_000);
    expect([a.isLeader(), b.isLeader()]).to.deep.equal([true, false]);
  });

  it('hands over 5 s after the holder fell silent, never earlier, whatever its clock said', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const renewTime = '2199-01-01T00:00:00.000000Z';
    api.put(PATH, { metadata: { name: 'operator' }, spec: { holderIdentity: 'dead', renewTime } });
    const b = candidate(api, clock, 'b');
    await clock.advance(4999);
    expect(b.isLeader()).to.equal(false);
    await clock.advance(1001);
    expect(b.isLeader()).to.equal(true);
  });

  it('loses leadership 3.5 s after its last renewal when the API server is silent', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    api.failWith = 0;
    await clock.advance(3499);
    expect(a.isLeader()).to.equal(true);
    await clock.advance(1);
    expect(a.isLeader()).to.equal(false);
    await clock.advance(1000);
    expect(a.lost).to.have.length(1);
  });

  it('says so after 3.5 s, not when its call returns, when the API server hangs', async () => {
    const clock = createManualClock();
    const api = slowApi(createMemoryApi(), clock);
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    api.answersAfterMs = Infinity;
    await clock.advance(3499);
    expect(a.lost).to.deep.equal([]);
    await clock.advance(1);
    expect(a.lost).to.have.length(1);
    await clock.advance(60_000);
    expect(a.lost).to.have.length(1);
  });

  it('leaves the Lease to others once it has lost it, also when the API server answers again', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const slow = slowApi(api, clock);
    const a = candidate(slow, clock, 'a');
    await clock.advance(0);
    slow.answersAfterMs = Infinity;
    await clock.advance(3500);
    expect(a.lost).to.have.length(1);
    const written = [...api.writes];
    slow.answersAfterMs = 0;
    await clock.advance(60_000);
    await a.stop();
    expect(api.writes).to.deep.equal(written);
  });

  it('loses leadership at once when the record names somebody else', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    api.put(PATH, { metadata: { name: 'operator' }, spec: { holderIdentity: 'b' } });
    await clock.advance(1000);
    expect(a.isLeader()).to.equal(false);
    expect(a.lost[0]).to.include('held by "b"');
  });

  it('goes on leading when its own write succeeded but the answer was lost', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    api.put(PATH, { ...api.get(PATH) });
    await clock.advance(5000);
    expect(a.isLeader()).to.equal(true);
  });

  it('gives the Lease back when it stops, so that the next one leads without waiting', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const a = candidate(api, clock, 'a');
    await clock.advance(0);
    const b = candidate(api, clock, 'b');
    await clock.advance(0);
    await a.stop();
    await clock.advance(1000);
    expect(b.isLeader()).to.equal(true);
  });

  it('gives back a Lease, too, that it wins while it stops', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const slow = slowApi(api, clock);
    slow.answersAfterMs = 100;
    const a = candidate(slow, clock, 'a');
    await clock.advance(150);
    expect(api.get(PATH)).to.have.nested.property('spec.holderIdentity', 'a');
    const stopped = a.stop();
    await clock.advance(1000);
    await stopped;
    expect(api.get(PATH)).to.have.nested.property('spec.holderIdentity', '');
  });

  it('does not give back what it finds, while it stops, to be somebody else’s', async () => {
    const clock = createManualClock();
    const api = createMemoryApi();
    const slow = slowApi(api, clock);
    const a = candidate(slow, clock, 'a');
    await clock.advance(0);
    api.put(PATH, { metadata: { name: 'operator' }, spec: { holderIdentity: 'b' } });
    slow.answersAfterMs = 100;
    await clock.advance(1050);
    const stopped = a.stop();
    await clock.advance(1000);
    await stopped;
    expect(api.get(PATH)).to.have.nested.property('spec.holderIdentity', 'b');
  });
});
