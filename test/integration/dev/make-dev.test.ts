// `make dev`: a page within seconds, data that stays, and nothing left running.
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../../app/dev/processes.ts';
import type { LocalProcess } from '../../../app/dev/processes.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { anyVariant, shopClient } from '../../support/shop-client.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('make dev', function () {
  this.timeout(timeouts.fixtureMs * 2);
  let folder: string;
  let httpPort: number;
  let opsPort: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'test-dev-'));
    chmodSync(folder, 0o711);
    [httpPort, opsPort] = [await freePort(), await freePort()];
  });
  after(() => rmSync(folder, { recursive: true }));

  const startDev = (): Promise<LocalProcess> =>
    startProcess({
      name: 'make dev',
      command: process.execPath,
      args: ['app/dev/main.ts'],
      env: { DEV_FOLDER: folder, HTTP_PORT: String(httpPort), OPS_PORT: String(opsPort) },
      stopSignal: 'SIGINT',
      stopTimeoutMs: timeouts.fixtureMs,
    });

  const untilPage = (dev: LocalProcess): Promise<void> =>
    eventually(
      async () => {
        if (!dev.running()) throw new Error(`ended:\n${dev.tail()}`);
        expect((await fetch(`http://127.0.0.1:${httpPort}/`)).status).to.equal(200);
      },
      { withinMs: timeouts.devPageMs, everyMs: 50 },
    );

  it(`shows the shop, keeps its data over a restart and leaves nothing running after Ctrl-C`, async function () {
    const start = performance.now();
    const first = await startDev();
    let pids: number[];
    const shopper = shopClient(`http://127.0.0.1:${httpPort}`);
    try {
      await untilPage(first);
      process.stdout.write(`      a page after ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      const { sku } = await anyVariant(shopper);
      expect((await shopper.add(sku)).status).to.equal(200);
      pids = descendants(first.pid);
      expect(pids.length).to.be.at.least(4);
    } finally {
      await first.stop();
    }
    expect(await first.exited, first.tail()).to.equal(0);
    expect(pids.filter(isAlive)).to.deep.equal([]);

    const second = await startDev();
    try {
      await untilPage(second);
      await eventually(async () => expect((await shopper.cart()).body.lines).to.have.length(1), {
        withinMs: timeouts.soonMs,
      });
    } finally {
      await second.stop();
    }
  });

  it('leaves nothing running when it is killed without a chance to clean up', async () => {
    const dev = await startDev();
    await untilPage(dev);
    const pids = descendants(dev.pid);
    dev.signal('SIGKILL');
    await dev.exited;
    await eventually(() => expect(pids.filter(isAlive)).to.deep.equal([]), { withinMs: timeouts.soonMs * 2 });
  });

  it('says in one line that a port is taken, and which variable chooses another', async () => {
    const holder = createServer().listen(httpPort, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const dev = await startDev();
      expect(await dev.exited).to.equal(1);
      expect(dev.tail()).to.match(new RegExp(`^dev: port ${httpPort} is in use; .*HTTP_PORT=$`));
    } finally {
      holder.close();
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** All processes below this one, by the kernel's table. */
function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8', timeout: timeouts.soonMs });
  const rows = table.trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
