// No store answers plain text, and everything that is connected to one is encrypted.
import { expect } from 'chai';
import { queryMember } from '../support/database.ts';
import { execIn } from '../support/kubectl.ts';
import { healthyPostgres, postgresMembers } from '../support/postgres-cluster.ts';
import { healthyRedis } from '../support/redis-cluster.ts';
import { timeouts } from '../support/timeouts.ts';

const plainPing = (port: number): readonly string[] => [
  'sh',
  '-c',
  `timeout 2 redis-cli -h 127.0.0.1 -p ${port} ping 2>&1; true`,
];

describe('TLS', function () {
  this.timeout(timeouts.e2eTestMs);

  it('is the only language of every Redis and every Sentinel', async () => {
    await healthyRedis();
    for (const index of [0, 1, 2]) {
      const redis = await execIn(`redis-${index}`, plainPing(6379), { container: 'redis' });
      const sentinel = await execIn(`sentinel-${index}`, plainPing(26_379), { container: 'sentinel' });
      expect(`${redis}${sentinel}`).not.to.match(/PONG|NOAUTH/);
    }
  });

  it('is the only language of every Postgres and every agent', async () => {
    await healthyPostgres();
    const refused = 'no encryption';
    for (const member of postgresMembers) {
      const plain = `PGSSLMODE=disable PGCONNECT_TIMEOUT=3 psql -h ${member}.pg-peers -U app -d app -w -c 'SELECT 1' 2>&1; true`;
      expect(await execIn(member, ['sh', '-c', plain], { container: 'postgres' })).to.include(refused);
      const ask = `fetch('http://127.0.0.1:8008/livez').then((r) => console.log('answered', r.status), () => console.log('refused'))`;
      expect(await execIn(member, ['node', '-e', ask], { container: 'postgres' })).to.include('refused');
    }
  });

  it('carries every connection of the shop, the operator and the standbys to Postgres', async () => {
    const primary = await healthyPostgres();
    const sql = `SELECT coalesce(string_agg(DISTINCT usename::text, ','), ''), count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
      FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE client_addr IS NOT NULL`;
    const [users = '', encrypted, plain] = (await queryMember(primary, sql)).split('|');
    expect(users.split(',')).to.include.members(['replicator']);
    expect(Number(encrypted)).to.be.at.least(2);
    expect(plain).to.equal('0');
  });
});
