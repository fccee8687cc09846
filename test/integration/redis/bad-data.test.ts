// A member whose append-only file cannot be loaded: it alone gives its data up, and only for two good copies. And a
// master that cannot write its own any more.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLedger } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { follows, startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a member whose append-only file is corrupt', () => {
  let tier: RedisTier;
  let master: string;
  let corrupt: string;
  let other: string;

  beforeEach(async function () {
    this.timeout(timeouts.fixtureMs);
    tier = await startRedisTier();
    master = await tier.master();
    [corrupt = '', other = ''] = tier.set.members.filter((name) => name !== master);
    await tier.set.connect(master).set('kept', 'yes');
    expect(await tier.set.connect(master).call('wait', 2, 2_000)).to.equal(2);
    await tier.set.kill(corrupt);
    await spoil(join(tier.set.dataOf(corrupt), 'appendonlydir'));
  });

  afterEach(() => tier.close());

  /** Overwrites the middle of the log: what is cut off at its end Redis repairs by itself. */
  const spoil = async (folder: string): Promise<void> => {
    const names = await readdir(folder);
    const log = join(folder, names.find((name) => name.endsWith('.incr.aof')) ?? '');
    const bytes = await readFile(log);
    bytes.write('no command at all\r\n', 0);
    await writeFile(log, bytes);
  };

  /** As the kubelet does: started again each time it ends. */
  const startUntilUp = (withinMs: number): Promise<void> =>
    eventually(() => tier.set.start(corrupt), { withinMs });

  it('is synced anew when the master has another replica, and keeps the file aside', async () => {
    await startUntilUp(timeouts.localServerReadyMs);
    await follows(tier.set, corrupt, master);
    expect(await tier.set.connect(corrupt).get('kept')).to.equal('yes');
    expect(existsSync(join(tier.set.dataOf(corrupt), 'appendonlydir.unloadable'))).to.equal(true);
    expect(await tier.master()).to.equal(master);
  }).timeout(timeouts.fixtureMs);

  it('stays down with its file untouched while there is only one other copy', async () => {
    await tier.set.kill(other);
    for (let tries = 0; tries < 3; tries += 1) {
      const error = await tier.set.start(corrupt).catch(String);
      expect(error).to.contain('ended at once');
      if (tries > 0) expect(error).to.contain('no two good copies elsewhere: left as it is');
    }
    expect(existsSync(join(tier.set.dataOf(corrupt), 'appendonlydir.unloadable'))).to.equal(false);
    await tier.set.start(other);
    await startUntilUp(timeouts.localServerReadyMs);
    await follows(tier.set, corrupt, await tier.master());
  }).timeout(timeouts.fixtureMs * 2);
});

describe('a master whose disk is full', () => {
  let tier: RedisTier;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    tier = await startRedisTier();
  });

  after(() => tier.close());

  /** No file of that server may grow any more. */
  const fillDisk = async (name: string): Promise<void> => {
    const info = await tier.set.connect(name).info('server');
    const pid = /^process_id:(\d+)/m.exec(info)?.[1] ?? '';
    await promisify(execFile)('prlimit', ['--pid', pid, '--fsize=1']);
  };

  it('hands over to a replica, is named, and comes back once there is room', async () => {
    const master = await tier.master();
    const ledger = startLedger(redisCarts(tier.redis, 4));
    const acknowledges = async (count: number): Promise<void> => {
      const from = ledger.acknowledged();
      await eventually(() => expect(ledger.acknowledged()).to.be.above(from + count), {
        withinMs: timeouts.localServerReadyMs,
      });
    };
    const messages = new Set<string>();
    try {
      await acknowledges(100);
      await fillDisk(master);
      await eventually(
        () => {
          const verdict = tier.operator.last()?.verdict;
          messages.add(verdict?.message ?? '');
          expect(verdict?.master).to.not.be.oneOf([master, undefined]);
        },
        { withinMs: timeouts.localServerReadyMs, everyMs: 10 },
      );
      expect([...messages].join()).to.contain(`${master}: the append-only file cannot be written`);
      await acknowledges(100);
      // A new process has room again.
      await tier.set.kill(master);
      await tier.set.start(master);
      expect(await tier.master()).not.to.equal(master);
    } finally {
      expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
    }
  }).timeout(timeouts.steadyStateMs);
});
