// The ledger of changes acknowledged by Redis alone, as a program of its own, for a pod that finds the master as the app
// does and lives on a node that no fault touches. A driver outside starts, marks and ends ledgers by plain GETs,
// because that is what the API server forwards to a pod.
import { readFileSync } from 'node:fs';
import { connectRedis } from '../../app/platform/redis.ts';
import { startLedger } from './ledger.ts';
import type { Ledger, LedgerReport } from './ledger.ts';
import { serveLedger } from './ledger-server.ts';
import type { Answers, LedgerStatus } from './ledger-server.ts';
import { redisCarts } from './redis-ledger.ts';

const shoppers = 8;
/** Quick enough that a hundredth of a second of lost acknowledgements would show, slow enough for two cores. */
const paceMs = 15;
const passwordFile = '/etc/secrets/redis-credentials/app-password';
const authorityFile = '/etc/secrets/redis-tls/ca.crt';

const credentials = () => ({
  username: 'app',
  password: readFileSync(passwordFile, 'utf8').trim().split(/\s+/)[0] ?? '',
});
const redis = connectRedis({
  ...{ credentials, sentinelCredentials: credentials, masterName: 'main' },
  tls: () => ({ ca: readFileSync(authorityFile, 'utf8'), servername: 'redis' }),
  sentinels: ['sentinel-0', 'sentinel-1', 'sentinel-2'].map((host) => ({ host, port: 26379 })),
});

let current: Ledger | null = null;

function running(): Ledger {
  if (!current) throw new Error('no ledger was started');
  return current;
}

async function finish(): Promise<LedgerReport> {
  const report = await running().stop();
  current = null;
  return report;
}

async function start(wait: boolean): Promise<object> {
  if (current) await finish();
  current = startLedger(redisCarts(redis, shoppers, { wait }), { paceMs });
  return {};
}

const answers: Answers = {
  '/start': () => start(true),
  '/start-without-wait': () => start(false),
  '/mark': () => {
    running().mark();
    return {};
  },
  '/status': (): LedgerStatus => ({ acked: running().acknowledged(), outageMs: running().outageMs() }),
  '/finish': finish,
};

serveLedger(answers);
