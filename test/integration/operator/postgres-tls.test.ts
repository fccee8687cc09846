import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import pg from 'pg';
import { createLog } from '../../../app/platform/log.ts';
import { createPool } from '../../../app/platform/pg-pool.ts';
import type { PgPool } from '../../../app/platform/pg-pool.ts';
import { createAuthority } from '../../../operator/runtime/x509.ts';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { validity } from '../../support/test-certificates.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a set of three real Postgres servers with certificates', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;

  const healthy = (term: number) =>
    eventually(
      async () => {
        const statuses = await operator.statuses();
        expect(operator.status().ballot?.term).to.be.at.least(term);
        expect(operator.status().ballot).to.include({ stage: 'serving' });
        expect(statuses.filter(({ streaming }) => streaming)).to.have.length(2);
      },
      { withinMs: timeouts.steadyStateMs / 2 },
    );

  const primary = (): SetMember => set.member(operator.status().primary ?? '');

  before(async () => {
    set = await startPostgresSet({ tls: true });
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await healthy(1);
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  it('replicates and serves clients encrypted', async () => {
    const client = await set.connect(primary().name);
    const { rows: own } = await client.query(
      'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    await client.end();
    expect(own).to.deep.equal([{ ssl: true, version: 'TLSv1.3' }]);
    const streams = await replicationOf(set, primary());
    expect(streams).to.have.length(2);
    for (const stream of streams) expect(stream).to.include({ ssl: true });
  });

  it('takes the connections of an app that trusts its authority, and of no other', async () => {
    const stranger = (await createAuthority('stranger', validity())).cert;
    let trusted = set.certificates?.ca ?? '';
    const pool = appPool(set, primary(), () => trusted);
    try {
      const { rows } = await pool.use((client) =>
        client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
      );
      expect(rows).to.deep.equal([{ ssl: true }]);
      // Asked again for the next connection, while the one there is goes on.
      trusted = stranger;
      const second = await pool.use(() => pool.use((client) => client.query('SELECT 1')).catch(String));
      expect(second).to.include('certificate');
    } finally {
      await pool.close();
    }
  });

  it('refuses whoever speaks plainly, at Postgres and at the agent', async () => {
    for (const member of set.members) {
      const plain = await refusal(set.connect(member.name, { ssl: false }));
      expect(plain).to.include('no encryption');
      const answer = await firstBytes(member.target.port, 'GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n');
      expect(answer).not.to.include('HTTP');
    }
  });

  it('is refused by clients who trust another authority, or who dialled another name', async () => {
    const stranger = await createAuthority('stranger', validity());
    const ca = set.certificates?.ca ?? '';
    expect(await refusal(set.connect('pg-0', { ssl: { ca: stranger.cert } }))).to.include('certificate');
    expect(await refusal(set.connect('pg-0', { ssl: { ca, servername: 'elsewhere' } }))).to.include(
      'elsewhere',
    );
  });

  it('fails over, and takes the old primary back, with every step verified', async () => {
    const { term = 0 } = operator.status().ballot ?? {};
    const old = primary();
    await old.kill();
    await eventually(() => expect(operator.status().primary).not.to.be.oneOf([old.name, null]), {
      withinMs: timeouts.soonMs * 4,
    });
    old.startAgent();
    await healthy(term + 1);
    const said = readFileSync(join(old.folder, 'log'), 'utf8').slice(-4_000);
    expect((await old.status()).rejoin?.method, said).to.be.oneOf(['follow', 'rewind']);
  });

  it('shows a renewed certificate to new connections and keeps those it has', async () => {
    const client = await set.connect(primary().name);
    const before = await shownBy(set, primary());
    const streams = await replicationOf(set, primary());
    await set.certificates?.renew();
    await eventually(
      async () => {
        const now = await shownBy(set, primary());
        expect(now.postgres).not.to.equal(before.postgres);
        expect(now.agent).not.to.equal(before.agent);
      },
      { withinMs: timeouts.soonMs * 2 },
    );
    expect((await client.query('SELECT 1 AS one')).rows).to.deep.equal([{ one: 1 }]);
    await client.end();
    expect(await replicationOf(set, primary())).to.deep.equal(streams);
  });
});

function appPool(set: PostgresSet, member: SetMember, ca: () => string): PgPool {
  return createPool(
    {
      ...{ name: 'rw', host: '127.0.0.1', port: member.postgresPort, database: 'app', user: 'app' },
      ...{
        password: () => set.password('app-password'),
        ca,
        applicationName: 'shop',
        size: 2,
        queueLimit: 4,
      },
      ...{ connectTimeoutMs: timeouts.soonMs, queryTimeoutMs: timeouts.soonMs },
    },
    createLog({ level: 'silent', pod: 'test' }),
  );
}

async function refusal(attempt: Promise<pg.Client>): Promise<string> {
  try {
    await (await attempt).end();
    return 'was let in';
  } catch (error) {
    return String(error);
  }
}

/** What a server says to a line of plain text. */
function firstBytes(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(line));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('error', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.setTimeout(timeouts.soonMs, () => reject(new Error(`port ${port} neither answers nor closes`)));
  });
}

interface Stream {
  readonly name: string;
  readonly pid: number;
  readonly ssl: boolean;
}

/** The primary's standbys, as the superuser sees them from inside the pod. */
async function replicationOf(set: PostgresSet, member: SetMember): Promise<readonly Stream[]> {
  const client = new pg.Client({
    host: `${member.folder}/run`,
    port: member.postgresPort,
    user: 'postgres',
    password: set.password('superuser-password'),
    database: 'postgres',
  });
  await client.connect();
  try {
    const { rows } = await client.query<Stream>(
      `SELECT split_part(application_name, ':', 1) AS name, pid, ssl FROM pg_stat_replication JOIN pg_stat_ssl USING (pid) ORDER BY 1`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** The serial numbers of the certificates that Postgres and the agent of a member present now. */
async function shownBy(set: PostgresSet, member: SetMember): Promise<{ postgres: string; agent: string }> {
  const client = await set.connect(member.name);
  const { stream } = (client as unknown as { connection: { stream: Parameters<typeof serialOf>[0] } })
    .connection;
  const postgres = serialOf(stream);
  await client.end();
  const { host, port, ca } = member.target;
  const socket = connectTls({ host, port, ca: ca ?? '' });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const agent = serialOf(socket);
  socket.destroy();
  return { postgres, agent };
}

function serialOf(socket: { getPeerCertificate(): { serialNumber: string } }): string {
  return socket.getPeerCertificate().serialNumber;
}
