// Who is refused when there is more to do than can be done in time.
import { expect } from 'chai';
import Koa from 'koa';
import supertest from 'supertest';
import { isRefused, watchLoop } from '../../../app/http/admission.ts';
import type { LoopWatch } from '../../../app/http/admission.ts';
import type { AppState } from '../../../app/http/context.ts';
import { admissionMiddleware } from '../../../app/http/middleware/admission.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';

const limits = { maxInFlight: 100, maxDelayMs: 400 };

describe('admission', () => {
  it('takes everybody on while there is room', () => {
    expect(isRefused({ inFlight: 74, delayMs: 299, asked: 50 }, limits, true)).to.equal(false);
    expect(isRefused({ inFlight: 99, delayMs: 399, asked: 50 }, limits, false)).to.equal(false);
  });

  it('refuses visitors without a session before those who have begun to shop', () => {
    expect(isRefused({ inFlight: 75, delayMs: 0, asked: 50 }, limits, true)).to.equal(true);
    expect(isRefused({ inFlight: 75, delayMs: 0, asked: 50 }, limits, false)).to.equal(false);
    expect(isRefused({ inFlight: 0, delayMs: 300, asked: 50 }, limits, true)).to.equal(true);
    expect(isRefused({ inFlight: 0, delayMs: 300, asked: 50 }, limits, false)).to.equal(false);
  });

  it('refuses everybody at the limits', () => {
    expect(isRefused({ inFlight: 100, delayMs: 0, asked: 50 }, limits, false)).to.equal(true);
    expect(isRefused({ inFlight: 0, delayMs: 400, asked: 50 }, limits, false)).to.equal(true);
  });

  it('does not blame so few requests that they cannot be why the loop is late', () => {
    expect(isRefused({ inFlight: 0, delayMs: 1_000, asked: 49 }, limits, true)).to.equal(false);
    expect(isRefused({ inFlight: 100, delayMs: 1_000, asked: 49 }, limits, false)).to.equal(true);
  });
});

describe('the answer to who is refused', () => {
  function refusing(isApi: boolean) {
    const app = new Koa<AppState>();
    app.use(async (ctx, next) => {
      Object.assign(ctx.state, { isApi, requestId: 'r', identity: [] });
      await next();
    });
    const settings = {
      ...limits,
      maxInFlight: 0,
      loop: { note: () => undefined, last: () => ({ delayMs: 0, asked: 0 }) },
      sessionCookie: 'sid',
      secure: true,
    };
    app.use(admissionMiddleware({ ...settings, refused: () => undefined }));
    return supertest(app.callback()).get('/');
  }

  for (const [what, isApi] of [
    ['page', false],
    ['problem', true],
  ] as const) {
    it(`is protected as every ${what} is`, async () => {
      const { status, headers } = await refusing(isApi);
      expect(status).to.equal(503);
      expect(headers['content-security-policy']).to.include("default-src 'none'");
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['strict-transport-security']).to.match(/^max-age=\d+/);
    });
  }
});

describe('the delay of the event loop', function () {
  this.timeout(2 * timeouts.soonMs);
  const MOST_MS = 250;
  let loop: LoopWatch;
  beforeEach(() => (loop = watchLoop()));
  afterEach(() => loop.stop());

  function block(durationMs: number): void {
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs);
  }
  /** As long as `work` is done in every turn of the loop. */
  const whileDoing = (work: () => void, check: () => void) =>
    eventually(
      () => {
        work();
        check();
      },
      { withinMs: timeouts.soonMs, everyMs: 1 },
    );

  it('is beyond the limit while every turn takes longer than that, and not any more a while later', async () => {
    const beyond = () => expect(loop.last().delayMs).to.be.at.least(MOST_MS);
    await whileDoing(() => block(MOST_MS + 50), beyond);
    await eventually(() => expect(loop.last().delayMs).to.be.below(MOST_MS), { withinMs: timeouts.soonMs });
  });

  it('is beyond the limit when the loop stood still for all of the time', async () => {
    block(1_500);
    await eventually(() => expect(loop.last().delayMs).to.be.at.least(MOST_MS), {
      withinMs: timeouts.soonMs,
    });
  });

  it('comes with how many requests came in meanwhile', async () => {
    for (let request = 0; request < 3; request += 1) loop.note();
    await eventually(() => expect(loop.last().asked).to.equal(3), { withinMs: timeouts.soonMs });
    await eventually(() => expect(loop.last().asked).to.equal(0), { withinMs: timeouts.soonMs });
  });

  it('is far below it after a single stall of that length, and with turns of some tens of milliseconds', async () => {
    block(MOST_MS + 50);
    await eventually(() => expect(loop.last().delayMs).to.be.within(0.001, MOST_MS / 2), {
      withinMs: timeouts.soonMs,
    });
    const seen: number[] = [];
    await whileDoing(
      () => {
        block(40);
        seen.push(loop.last().delayMs);
      },
      () => expect(new Set(seen).size).to.be.at.least(3),
    );
    expect(Math.max(...seen)).to.be.below(MOST_MS * 0.75);
  });
});
