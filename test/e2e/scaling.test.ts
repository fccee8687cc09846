// Scaling the web tier out and in while shoppers are busy costs none of them a request.
import { randomUUID } from 'node:crypto';
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { getJson, nameOf, podsOf } from '../support/kubectl.ts';
import { startLoad } from '../support/load.ts';
import type { LoadResult } from '../support/load.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import { pinAppPods, untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const requestsPerSecond = 20;
/** Pieces that one shopper wants at most. */
const most = 5;

describe('scaling the app', function () {
  this.timeout(timeouts.scaleMs * 3);
  let unpin: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await unpin?.();
    unpin = undefined;
    await untilReady('app', 3);
  });

  it('out to five pods and back to three under load fails not one request', async () => {
    await untilReady('app', 3);
    const { request, expectCarts } = await busyShoppers();
    const load = startLoad({ perSecond: requestsPerSecond, request });
    let result: LoadResult;
    let five: string[];
    try {
      unpin = await pinAppPods(5);
      five = (await untilReady('app', 5, timeouts.scaleMs)).map(nameOf);
      await allServe(five);
      await pinAppPods(3);
      await eventually(async () => expect(await podsOf('app')).to.have.length(3), {
        withinMs: timeouts.scaleMs,
      });
      // The last pod that left may still be finishing its requests.
      await untilGone(five);
    } finally {
      result = await load.stop();
    }
    const failed = result.failures.map(({ atMs, reason }) => `${atMs} ms: ${reason}`);
    expect(failed.slice(0, 20).join('\n'), `${failed.length} of ${result.sent} requests failed`).to.equal('');
    expect([...result.by.keys()], 'pods that served').to.include.members(five);
    await expectCarts();
    process.stdout.write(
      `      ${result.answered} requests, none failed; p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms\n`,
    );
  });

  it('by itself is possible: the autoscaler reads the CPU of the pods', async () => {
    await eventually(
      async () => {
        const { spec, status } = await getJson<V2HorizontalPodAutoscaler>('hpa', 'app');
        expect(spec.minReplicas).to.equal(3);
        const active = status?.conditions?.find(({ type }) => type === 'ScalingActive');
        expect(active?.status).to.equal('True');
        expect(
          status?.currentMetrics?.find(({ type }) => type === 'Resource')?.resource?.current
            .averageUtilization,
        ).to.be.a('number');
      },
      { withinMs: timeouts.hpaMetricMs, everyMs: 1_000 },
    );
  });

  interface Shoppers {
    /** Has one of them look around or change a cart; an answer that is not a success is a failure. */
    readonly request: (sequence: number) => Promise<string>;
    /** Fails when a cart is not as its shopper last changed it. */
    readonly expectCarts: () => Promise<void>;
  }

  async function busyShoppers(): Promise<Shoppers> {
    const shoppers = Array.from({ length: 10 }, () => ({
      ...{ client: shopClient(), quantity: 1, changing: Promise.resolve() },
    }));
    const { sku } = await anyVariant(shopClient(), most);
    for (const { client } of shoppers) expect((await client.add(sku)).status).to.equal(200);
    const paths = ['/', '/api/v1/cart', '/api/v1/products'];
    return {
      request: async (sequence) => {
        const shopper = shoppers[sequence % shoppers.length]!;
        const path = paths[Math.floor(sequence / shoppers.length) % (paths.length + 1)];
        if (path !== undefined) return served(await shopper.client.request('GET', path), path);
        const quantity = 1 + (shopper.quantity % most);
        const line = `/api/v1/cart/lines/${sku}`;
        const change = { quantity, operationId: randomUUID() };
        const answer = shopper.changing.then(() => shopper.client.request('PUT', line, change));
        // One change after the other: of two at a time nobody could say which was the last.
        shopper.changing = answer.then(
          () => void (shopper.quantity = quantity),
          () => undefined,
        );
        return served(await answer, line);
      },
      expectCarts: async () => {
        for (const { client, quantity } of shoppers) {
          const { lines } = (await client.cart()).body;
          expect(lines.map((line) => line.quantity)).to.deep.equal([quantity]);
        }
      },
    };
  }

  function served({ status, pod }: { readonly status: number; readonly pod: string }, path: string): string {
    if (status !== 200) throw new Error(`${path}: ${status} from ${pod}`);
    return pod;
  }

  async function allServe(pods: readonly string[]): Promise<void> {
    const client = shopClient();
    const seen = new Set<string>();
    await eventually(
      async () => {
        seen.add((await client.request('GET', '/')).pod);
        expect([...seen], 'pods that answered').to.include.members([...pods]);
      },
      { withinMs: timeouts.scaleMs, everyMs: 20 },
    );
  }

  async function untilGone(five: readonly string[]): Promise<void> {
    await eventually(
      async () => {
        const names = (await getJson<{ items: { metadata: { name: string } }[] }>('pods')).items.map(nameOf);
        expect(five.filter((pod) => names.includes(pod))).to.have.length(3);
      },
      { withinMs: timeouts.scaleMs, everyMs: 500 },
    );
  }
});
