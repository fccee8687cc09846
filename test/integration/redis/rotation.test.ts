// Every password of a Redis set is replaced while shoppers shop: none of their changes fails, nobody fails over, and in
// the end only the new passwords are accepted. The operator reads the Secret at once, the nodes and the app have it
// mounted later, each in its own time; the app sometimes first of all.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { connectRedis } from '../../../app/platform/redis.ts';
import type { AppRedis } from '../../../app/platform/redis.ts';
import { startLedger } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { redisCliFault } from '../../support/redis-cli-fault.ts';
import { redisPort, sentinelPort } from '../../support/redis-set.ts';
import { follows, settingsFor, startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const roles = ['app', 'replication', 'sentinel', 'operator', 'metrics'] as const;
type Role = (typeof roles)[number];
type Passwords = Readonly<Record<Role, string>>;

describe('passwords of a Redis set that are replaced under load', function () {
  this.timeout(timeouts.steadyStateMs);
  let tier: RedisTier;
  let app: AppRedis;
  /** What the API says; undefined: what is mounted. */
  let secret: Passwords | undefined;
  /** What the app's own pod has mounted. */
  let appPassword: string;

  before(async () => {
    tier = await startRedisTier({ secret: (key) => secret?.[key as Role] });
    appPassword = tier.set.password('app');
    const credentials = () => ({ username: 'app', password: appPassword });
    app = connectRedis({ ...settingsFor(tier.set), credentials, sentinelCredentials: credentials });
    await app.ready(timeouts.soonMs);
  });

  after(async () => {
    app.close();
    await tier.close();
  });

  const textOf = (role: Role): string => secret?.[role] ?? tier.set.password(role);
  const newPasswords = (): Passwords =>
    Object.fromEntries(roles.map((role) => [role, randomBytes(12).toString('hex')])) as Passwords;
  const mount = async (passwords: Passwords): Promise<void> => {
    for (const role of roles) {
      await writeFile(join(tier.set.credentials, `${role}-password`), passwords[role]);
    }
  };
  const nodes = (): readonly string[] => [...tier.set.members, ...tier.set.sentinels];

  const lettingIn = async (passwords: Passwords): Promise<string[]> => {
    const tried = nodes().flatMap((node) =>
      roles.map(async (role) =>
        (await logsIn(tier, node, role, passwords[role])) ? [`${role}@${node}`] : [],
      ),
    );
    return (await Promise.all(tried)).flat();
  };

  /**
   * @param order which of the parts has the new passwords first.
   * @param given those that are not left to chance.
   */
  const rotate = async (order: 'app first' | 'app last', given: Partial<Passwords> = {}): Promise<void> => {
    const former = Object.fromEntries(roles.map((role) => [role, textOf(role)])) as Passwords;
    const next = { ...newPasswords(), ...given };
    if (order === 'app first') appPassword = next.app;
    secret = next;
    // The old ones are accepted as long as the app, or a node, has no other.
    await eventually(async () => expect(await lettingIn(next)).to.have.length(30), {
      withinMs: timeouts.soonMs,
    });
    await mount(next);
    await eventually(
      () => {
        const left = tier.operator.rotating().join();
        expect(left).to.match(order === 'app first' ? /^$/ : /^\d+ connections of the app to redis-\d$/);
      },
      { withinMs: timeouts.localServerReadyMs },
    );
    if (order === 'app last') expect(await lettingIn(former)).to.have.length(30);
    appPassword = next.app;
    await eventually(async () => expect(await lettingIn(former)).to.deep.equal([]), {
      withinMs: timeouts.localServerReadyMs,
    });
    expect(await lettingIn(next)).to.have.length(30);
  };

  it('are accepted beside the old ones until nobody has these any more, and no change fails', async () => {
    const master = await tier.master();
    const ledger = startLedger(redisCarts(app, 6));
    try {
      await rotate('app last');
      await rotate('app first');
    } finally {
      expect(await ledger.stop()).to.include({ failures: 0, lost: 0, doubled: 0 });
    }
    expect(await tier.master()).to.equal(master);
    // Whatever dials anew from now on has the new ones.
    await tier.set.kill(master);
    await eventually(
      () => expect(tier.operator.last()?.verdict.master).to.not.be.oneOf([master, undefined]),
      {
        withinMs: timeouts.localServerReadyMs,
      },
    );
    await app.ready(timeouts.soonMs);
    await tier.set.start(master);
    await tier.master();
  });

  it('let an app in whose Sentinels refused it all the while its file was wrong', async () => {
    let password = 'another one';
    const credentials = () => ({ username: 'app', password });
    const refusals: string[] = [];
    const onError = (_name: string, { message }: Error): void => void refusals.push(message);
    const login = { credentials, sentinelCredentials: credentials, onError };
    const late = connectRedis({ ...settingsFor(tier.set), ...login });
    try {
      await eventually(() => expect(refusals.join()).to.include('WRONGPASS'), { withinMs: timeouts.soonMs });
      password = appPassword;
      await late.ready(timeouts.soonMs);
    } finally {
      late.close();
    }
  });

  it('are told again to a member that does not take them at first', async () => {
    const master = await tier.master();
    const [replica = ''] = tier.set.members.filter((name) => name !== master);
    const refusesOnce = `for what in masterauth mounted; do
      if [[ $asked == *"$what"* ]] && (($(grep -c "$what" "$log") == 1)); then echo 'ERR not now'; exit 0; fi
    done`;
    const fault = await redisCliFault(refusesOnce);
    try {
      await tier.set.kill(replica);
      await fault.inTheWayOf(() => tier.set.start(replica));
      await tier.master();
      await rotate('app first');
      const inUse = await tier.set.connect(replica).config('GET', 'masterauth');
      expect(inUse).to.deep.equal(['masterauth', textOf('replication')]);
      expect((await fault.asked()).match(/mounted/g)).to.have.length(2);
    } finally {
      await tier.set.kill(replica);
      await tier.set.start(replica);
      await fault.remove();
    }
  });

  it('may have quotes and backslashes in them, also for a member and a Sentinel that start with them', async () => {
    const master = await tier.master();
    const [replica = ''] = tier.set.members.filter((name) => name !== master);
    await rotate('app first', { replication: `a"b'c\\d`, sentinel: `"\\e'` });
    for (const name of [replica, 'sentinel-0']) {
      await tier.set.kill(name);
      await tier.set.start(name);
    }
    await follows(tier.set, replica, master);
    await tier.set.connect(master).incr('ha:seq');
    expect(await tier.set.connect(master).call('wait', 2, 2_000)).to.equal(2);
    expect(await tier.master()).to.equal(master);
  });
});

async function logsIn({ set }: RedisTier, node: string, role: Role, password: string): Promise<boolean> {
  const client = new Redis({
    ...{ host: set.address(node), port: set.members.includes(node) ? redisPort : sentinelPort },
    ...{ lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false, protocol: 2 },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.auth(role === 'replication' ? 'replica' : role, password);
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
