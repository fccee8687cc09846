// The ledger of Postgres writes as a program of its own, for a pod beside the app: it dials the Service as the app
// does and lives on a node that no fault touches. A driver outside starts, marks and ends ledgers by plain GETs,
// because that is what the API server forwards to a pod.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { rememberAddresses } from '../../app/platform/known-addresses.ts';
import { createLogin } from '../../app/platform/pg-login.ts';
import type { Identity } from '../../app/platform/pg-login.ts';
import { eventually } from '../support/eventually.ts';
import { serveLedger } from './ledger-server.ts';
import type { Answers, LedgerStatus } from './ledger-server.ts';
import { startLedger } from './postgres-ledger.ts';
import type { Ledger, LedgerReport } from './postgres-ledger.ts';

/** As impatient as the app's pool: what is silent for longer is given up with its connection. */
const connectMs = 1000;
const queryMs = 3000;
const passwordFile = '/etc/secrets/pg-credentials/app-password';
const authorityFile = '/etc/secrets/pg-tls/ca.crt';

let current: Ledger | null = null;

/** The mounted file lags behind an edit of the Secret: the ledger logs in as the shop does meanwhile. */
const login = createLogin('app', () => readFileSync(passwordFile, 'utf8').trim());

const connect = (): Promise<pg.Client> => login.connect(connectAs);

const host = process.env.RW_HOST ?? 'pg-rw';
/** As the app does: no name is resolved in the middle of an outage. */
const { endpoints } = rememberAddresses([{ host, port: 5432 }]);

async function connectAs(identity: Identity): Promise<pg.Client> {
  const client = new pg.Client({
    ...{ host: endpoints[0]?.host ?? host, database: 'app', application_name: 'ledger', ...identity },
    ssl: { ca: readFileSync(authorityFile, 'utf8'), servername: host },
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

/** Four writers see an outage to a few milliseconds, and leave the cores to what is measured. */
const pauseMs = 40;

/** For a ledger's beginning and end, which no fault is about: on a busy machine one try may be too short. */
const patiently = { withinMs: 15_000 };

function running(): Ledger {
  if (!current) throw new Error('no ledger was started');
  return current;
}

async function finish(): Promise<LedgerReport> {
  const client = await eventually(connect, patiently);
  try {
    return await running().finish(client);
  } finally {
    current = null;
    await client.end();
  }
}

const answers: Answers = {
  '/start': async () => {
    if (current) await finish().catch(() => undefined);
    current = await eventually(() => startLedger({ connect, pauseMs }), patiently);
    return {};
  },
  '/mark': () => {
    running().mark();
    return {};
  },
  '/status': (): LedgerStatus => ({ acked: running().acked(), outageMs: running().outageMs() }),
  '/finish': finish,
};

serveLedger(answers);
