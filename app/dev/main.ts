// `make dev`: the shop on this machine without a cluster. Real Postgres, Redis and Sentinel as local processes with
// their data kept in .cache/dev, the app started again on every change. Ctrl-C stops everything, in order.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { startDatabase } from './database.ts';
import { keptSecret } from './kept-secret.ts';
import { claimFolder } from './only-one.ts';
import { ensurePrograms } from './packages.ts';
import { isBusy } from './ports.ts';
import { startRedis } from './redis.ts';
import { startWatchedApp } from './watched-app.ts';

const folder = resolve(process.env.DEV_FOLDER ?? '.cache/dev');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const startedAt = performance.now();
  const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const httpPort = await port('HTTP_PORT', 3000);
  const opsPort = await port('OPS_PORT', 3001);
  await ensurePrograms([{ commands: ['redis-server'], debianPackage: 'redis-server' }], print);

  const interrupt = interruptSignal();
  const release = claimFolder(folder);
  const stops: (() => Promise<void>)[] = [];
  try {
    const database = await startDatabase(folder);
    stops.push(database.stop);
    print(`dev: Postgres is up (${elapsed()})`);
    const redis = await startRedis(folder);
    stops.push(redis.stop);
    print(`dev: Redis and Sentinel are up (${elapsed()})`);
    const url = `http://localhost:${httpPort}`;
    const env = {
      ...database.env,
      ...redis.env,
      HTTP_PORT: String(httpPort),
      OPS_PORT: String(opsPort),
      SHOP_PUBLIC_URL: url,
      SHOP_SESSION_KEYS_FILE: keptSecret(`${folder}/secrets`, 'session-key').file,
      // Nothing in front of it has to learn that it is going: a restart should be quick.
      SHOP_SHUTDOWN_GAP_MS: '0',
    };
    const app = await startWatchedApp({ folder: resolve('app'), env, log: print });
    stops.push(app.stop);
    await untilReady(opsPort, interrupt);
    if (!interrupt.aborted) {
      print(`dev: the shop is at ${url} (${elapsed()}); a change in app/ restarts it, Ctrl-C stops it`);
      await once(interrupt, 'abort');
    }
    print('dev: stopping');
  } finally {
    for (const stop of stops.reverse()) await stop();
    release();
  }
}

/** The port to use: from the environment, else `fallback`. Throws when something else listens there. */
async function port(name: string, fallback: number): Promise<number> {
  const chosen = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > 65_535) {
    throw new Error(`${name}: not a port number`);
  }
  if (await isBusy(chosen)) {
    throw new Error(`port ${chosen} is in use; free it, or choose another with ${name}=`);
  }
  return chosen;
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

/** Resolves once the app is ready. An app that cannot start may need a change first, so this has no end of its own. */
async function untilReady(opsPort: number, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`, {
      signal: AbortSignal.timeout(2_000),
    }).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`dev: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
