// `make bench`: requests per second of each page of one pod's process on real stores, beside bare Koa and beside the
// baseline, all in one run; bare Koa answers a string as long as the product page. In every round each page is measured
// on each server, one after the other, and the ratios are medians over the rounds. Writes test/artifacts/bench.json; ends
// with 1 when a target is missed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAll } from '../../../k8s/images/build.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { addForm, connections, measure } from './measure.ts';
import type { Target } from './measure.ts';
import { pages, product, servers } from './pages.ts';
import type { BenchPage, ServerName } from './pages.ts';
import { imageCommand, imageEnvironment, startServer } from './processes.ts';
import type { BenchServer, ServerOptions } from './processes.ts';
import { median, missed, rowOf } from './ratios.ts';
import type { BenchRow, Round, Sample } from './ratios.ts';

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 2);
const only = process.env.BENCH_PAGES?.split(',');
const maxResidentMiB = 160;
const maxStartMs = 1_500;
const artifact = 'test/artifacts/bench.json';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function optionsOf(shop: TestShop, folder: string, bytes: string): Record<ServerName, ServerOptions> {
  const { app } = shop.redis.passwords;
  const [master = ''] = shop.redis.members;
  const redisUrl = `redis://app:${app}@${shop.redis.address(master)}:6379`;
  const image = { args: imageCommand(), readyPath: '/readyz', folder };
  const env = { ...imageEnvironment(), ...shop.env };
  return {
    bare: {
      name: 'bare',
      args: ['test/load/baseline/bare-koa.ts'],
      env: { BYTES: bytes },
      readyPath: '/',
      folder,
    },
    baseline: {
      name: 'baseline',
      args: ['test/load/baseline/server.ts'],
      env: { DATABASE_URL: shop.postgres.url('app'), REDIS_URL: redisUrl },
      readyPath: '/',
      folder,
    },
    shop: { ...image, name: 'shop', env },
    unreplicated: { ...image, name: 'unreplicated', env: { ...env, SHOP_REDIS_ACK_REPLICAS: '0' } },
  };
}

/** A guest with three articles in the cart, on any of the servers: their form is the same. */
async function newGuest(url: string, skus: readonly string[]): Promise<string> {
  const jar = new Map<string, string>();
  for (const sku of skus) {
    const cookie = [...jar.values()].join('; ');
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', headers, body: addForm(sku), redirect: 'manual' } as const;
    const answer = await fetch(`${url}/cart/lines`, request);
    if (answer.status !== 303) throw new Error(`bench: ${url} answers ${answer.status} to a cart form`);
    for (const one of answer.headers.getSetCookie()) {
      const [pair = ''] = one.split(';');
      // The message is for one page only.
      if (!pair.startsWith('flash')) jar.set(pair.split('=', 1)[0] ?? '', pair);
    }
  }
  return [...jar.values()].join('; ');
}

async function targetOf(name: ServerName, server: BenchServer, skus: readonly string[]): Promise<Target> {
  if (name === 'bare') return { url: server.url, guests: [''] };
  const guests = await Promise.all(Array.from({ length: connections }, () => newGuest(server.url, skus)));
  return { url: server.url, guests };
}

type Samples = Map<string, Round[]>;

async function measureRound(
  targets: ReadonlyMap<ServerName, Target>,
  sku: string,
  samples: Samples,
): Promise<void> {
  const on = (name: ServerName, page: BenchPage): Promise<Sample> => {
    const target = targets.get(name);
    if (target === undefined) throw new Error(`bench: ${name} is not running`);
    return measure(target, page, sku, seconds);
  };
  const hello: BenchPage = { page: 'Hello', server: 'shop', path: '/', visitor: 'new', targets: {} };
  for (const page of pages.filter((one) => only?.includes(one.page) ?? true)) {
    const bare = await on('bare', hello);
    const baseline = await on('baseline', page);
    const shop = await on(page.server, page);
    samples.set(page.page, [...(samples.get(page.page) ?? []), { bare, baseline, shop }]);
  }
}

function report(samples: Samples): { rows: BenchRow[]; misses: string[] } {
  const rows = [...samples].map(([page, list]) => rowOf(page, list));
  print('page                     requests/s   p50 ms   p99 ms   to bare Koa   to baseline');
  for (const row of rows) {
    const cells = [row.rps, row.p50Ms, row.p99Ms, row.toBareKoa, row.toBaseline].map(String);
    const widths = [10, 9, 9, 14, 14];
    print(row.page.padEnd(25) + cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join(''));
  }
  const misses = rows.flatMap((row) =>
    missed(row, pages.find(({ page }) => page === row.page)?.targets ?? {}),
  );
  return { rows, misses };
}

async function startTimes(options: ServerOptions): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < rounds; at += 1) {
    const server = await startServer(options);
    times.push(server.startMs);
    await server.stop();
  }
  return median(times);
}

async function measureAll(shop: TestShop, running: ReadonlyMap<ServerName, BenchServer>): Promise<Samples> {
  const rows = await shop.query<{ sku: string }>(
    'SELECT sku FROM variant WHERE stock > 0 ORDER BY stock DESC, sku LIMIT 3',
  );
  const skus = rows.map(({ sku }) => sku);
  const targets = new Map<ServerName, Target>();
  for (const [name, server] of running) targets.set(name, await targetOf(name, server, skus));
  const samples: Samples = new Map();
  // The first round is for the compilers and the caches.
  await measureRound(targets, skus[0] ?? '', new Map());
  for (let at = 0; at < rounds; at += 1) await measureRound(targets, skus[0] ?? '', samples);
  return samples;
}

/** What fell short of its target, as sentences. */
async function run(shop: TestShop, folder: string): Promise<string[]> {
  const page = await fetch(`${shop.url}${product}`).then((answer) => answer.text());
  const options = optionsOf(shop, folder, String(Buffer.byteLength(page)));
  const startMs = await startTimes(options.shop);
  const running = new Map<ServerName, BenchServer>();
  try {
    for (const name of servers) running.set(name, await startServer(options[name]));
    const { rows, misses } = report(await measureAll(shop, running));
    const residentMiB = running.get('shop')?.residentMiB() ?? Number.NaN;
    print(`memory after it ${residentMiB} MiB, start to ready ${startMs} ms (median of ${rounds})`);
    mkdirSync('test/artifacts', { recursive: true });
    writeFileSync(artifact, `${JSON.stringify(rows, null, 2)}\n`);
    if (residentMiB > maxResidentMiB) misses.push(`memory: ${residentMiB} MiB, target ${maxResidentMiB}`);
    if (startMs > maxStartMs) misses.push(`start to ready: ${startMs} ms, target ${maxStartMs}`);
    return misses;
  } finally {
    for (const server of running.values()) await server.stop();
  }
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  await bundleAll(['app']);
  const shop = await startShop();
  try {
    const misses = await run(shop, folder);
    for (const miss of misses) print(`✘ ${miss}`);
    print(misses.length === 0 ? `✔ every target is met; ${artifact}` : `${artifact} is written`);
    return misses.length === 0 ? 0 : 1;
  } finally {
    await shop.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
