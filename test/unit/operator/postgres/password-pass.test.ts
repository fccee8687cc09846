import { expect } from 'chai';
import { createPasswordPass } from '../../../../operator/postgres/password-pass.ts';
import type { MemberProbe } from '../../../../operator/postgres/member-probe.ts';
import type { ControllerContext } from '../../../../operator/runtime/controller.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const MINUTE_MS = 60_000;

/** The pass of a replica that leads or not, over a Secret whose token can be edited. */
const replica = (leads: boolean) => {
  const clock = createManualClock();
  const context = { clock, isLeader: () => leads } as unknown as ControllerContext;
  const secret = { token: 'first' };
  const secrets = { get: () => secret.token, stop: () => undefined };
  const noProbe = (): MemberProbe => {
    throw new Error('nobody is spoken to');
  };
  const pass = createPasswordPass(context, secrets, noProbe);
  const token = (): string | null => pass.token('pg-credentials');
  return { clock, secret, token };
};

describe('the token that an operator speaks to agents with', () => {
  it('is the former one first on a replica that only listens, and the new one before the former is refused', async () => {
    const { clock, secret, token } = replica(false);
    expect(token()).to.equal('first');
    secret.token = 'second';
    expect(token()).to.equal('first');
    await clock.advance(2 * MINUTE_MS);
    expect(token()).to.equal('first');
    await clock.advance(4 * MINUTE_MS);
    expect(token()).to.equal('second');
  });

  it('goes through each of several that were edited one after the other', async () => {
    const { clock, secret, token } = replica(false);
    token();
    secret.token = 'second';
    token();
    await clock.advance(4 * MINUTE_MS);
    secret.token = 'third';
    token();
    await clock.advance(2 * MINUTE_MS);
    expect(token()).to.equal('second');
    await clock.advance(4 * MINUTE_MS);
    expect(token()).to.equal('third');
  });

  it('is the former one on the leader until everybody who is heard has the new one', async () => {
    const { clock, secret, token } = replica(true);
    token();
    secret.token = 'second';
    token();
    await clock.advance(6 * MINUTE_MS);
    expect(token()).to.equal('first');
  });
});
