// Names that once were resolved stay reachable while nothing can be.
import { expect } from 'chai';
import { rememberAddresses } from '../../../../app/platform/known-addresses.ts';
import { eventually } from '../../../support/eventually.ts';
import { timeouts } from '../../../support/timeouts.ts';

describe('the addresses of named servers', () => {
  const named = [{ host: 'sentinel-0', port: 26379 }];

  it('are the names until the first lookup, and what it found from then on', async () => {
    const known = rememberAddresses(named, { resolve: () => Promise.resolve('10.0.0.1') });
    expect(known.endpoints).to.deep.equal(named);
    await eventually(() => expect(known.endpoints[0]?.host).to.equal('10.0.0.1'), {
      withinMs: timeouts.soonMs,
    });
    known.stop();
  });

  it('stay while DNS is away, and move when it is back', async () => {
    let answer: string | Error = '10.0.0.1';
    let asked = 0;
    const resolve = (): Promise<string> => {
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    const known = rememberAddresses(named, { resolve, everyMs: 5 });
    const [endpoint] = known.endpoints;
    const becomes = (host: string) =>
      eventually(() => expect(endpoint?.host).to.equal(host), { withinMs: timeouts.soonMs, everyMs: 5 });
    await becomes('10.0.0.1');
    answer = new Error('EAI_AGAIN');
    const before = asked;
    await eventually(() => expect(asked).to.be.above(before + 2), { withinMs: timeouts.soonMs, everyMs: 5 });
    expect(endpoint?.host).to.equal('10.0.0.1');
    answer = '10.0.0.2';
    await becomes('10.0.0.2');
    known.stop();
  });

  it('are never looked up when they are addresses', async () => {
    const resolve = () => Promise.reject(new Error('must not be asked'));
    const known = rememberAddresses([{ host: '10.0.0.9', port: 1 }], { resolve });
    await Promise.resolve();
    expect(known.endpoints).to.deep.equal([{ host: '10.0.0.9', port: 1 }]);
    known.stop();
  });
});
