// Hashing passwords is dear: only so much of it at once, only so many waiting, and none for a request that is over.
import { scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { hashPassword, verifyPassword } from '../../../../app/account/password.ts';
import { createTurns } from '../../../../app/account/turns.ts';
import { deadlineIn } from '../../../../app/platform/deadline.ts';

const nextTick = () => new Promise((resolve) => setImmediate(resolve));
const refusalOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);

/** Work that ends when it is told to, and a list of what has begun. */
function slowWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  return { begun, work, end: (name: string) => ends.get(name)?.() };
}

describe('turns', () => {
  it('begins no more than some at once, the next in the order they came', async () => {
    const inTurn = createTurns({ atOnce: 2, mostWaiting: 9 });
    const { begun, work, end } = slowWork();
    for (const name of ['a', 'b', 'c', 'd']) void inTurn(work(name), deadlineIn(60_000));
    await nextTick();
    expect(begun).to.deep.equal(['a', 'b']);
    end('b');
    await nextTick();
    expect(begun).to.deep.equal(['a', 'b', 'c']);
  });

  it('sends away with 503 and Retry-After whom the queue has no place for, and takes the next again', async () => {
    const inTurn = createTurns({ atOnce: 1, mostWaiting: 1 });
    const { begun, work, end } = slowWork();
    const first = inTurn(work('a'), deadlineIn(60_000));
    void inTurn(work('b'), deadlineIn(60_000));
    const refused = await refusalOf(inTurn(work('c'), deadlineIn(60_000)));
    expect(refused).to.include({ status: 503, code: 'unavailable', retryAfterSeconds: 2 });
    end('a');
    await first;
    void inTurn(work('d'), deadlineIn(60_000));
    await nextTick();
    end('b');
    await nextTick();
    expect(begun).to.deep.equal(['a', 'b', 'd']);
  });

  it('begins nothing for a request whose time was over by its turn, and goes on with the one behind it', async () => {
    const inTurn = createTurns({ atOnce: 1, mostWaiting: 9 });
    const { begun, work, end } = slowWork();
    void inTurn(work('a'), deadlineIn(60_000));
    const late = refusalOf(inTurn(work('late'), deadlineIn(-1)));
    void inTurn(work('c'), deadlineIn(60_000));
    await nextTick();
    end('a');
    expect(await late).to.include({ status: 503 });
    await nextTick();
    expect(begun).to.deep.equal(['a', 'c']);
  });

  it('hands the turn on when the work fails', async () => {
    const inTurn = createTurns({ atOnce: 1, mostWaiting: 1 });
    const fails = refusalOf(inTurn(() => Promise.reject(new Error('broken')), deadlineIn(60_000)));
    const next = inTurn(() => Promise.resolve('next'), deadlineIn(60_000));
    expect(await fails).to.include({ message: 'broken' });
    expect(await next).to.equal('next');
  });
});

describe('hashing a password', () => {
  it('is not begun for a request that is over, to set it or to verify it', async () => {
    const over = deadlineIn(-1);
    expect(await refusalOf(hashPassword('a password', over))).to.include({ status: 503 });
    expect(await refusalOf(verifyPassword('a password', undefined, over))).to.include({ status: 503 });
  });

  it('sends a burst away that is too long, and does the rest', async () => {
    const key = scryptSync('x', '', 32, { N: 2 ** 4, r: 8, p: 1 }).toString('base64url');
    const burst = Array.from({ length: 70 }, () =>
      refusalOf(verifyPassword('x', `scrypt$4$8$1$$${key}`, deadlineIn(60_000))),
    );
    const refused = (await Promise.all(burst)).filter((error) => error !== undefined);
    expect(refused).to.have.length(4);
    for (const error of refused) expect(error).to.include({ status: 503, retryAfterSeconds: 2 });
  });
});
