import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';

describe('eventually', () => {
  it('returns what the assertion returns once it holds', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        expect(tries).to.be.at.least(3);
        return 'held';
      },
      { withinMs: 1000, everyMs: 1 },
    );
    expect(value).to.equal('held');
    expect(tries).to.equal(3);
  });

  it('throws the last assertion, with the time it waited, when it never holds', async () => {
    const failure = await eventually(() => expect(1).to.equal(2), { withinMs: 20, everyMs: 5 }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(failure?.message).to.match(/expected 1 to equal 2 \(still so after \d+ ms\)/);
  });
});
