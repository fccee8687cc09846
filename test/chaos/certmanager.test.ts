// `make chaos SUITE=certmanager`: the shop installed anew with certificates by a real cert-manager, and once more as it was
// afterwards. What was in the cluster's shop before is gone with it.
import { expect } from 'chai';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificates } from '../../k8s/charts/certificates.ts';
import { startCertManager } from '../support/cert-manager.ts';
import type { CertManager } from '../support/cert-manager.ts';
import type { ChaosLedger } from '../support/chaos.ts';
import { deploy } from '../support/deploy-command.ts';
import { eventually } from '../support/eventually.ts';
import { execIn, getJson, kubectl, nameOf, namespace, podsOf } from '../support/kubectl.ts';
import { startPostgresChaos } from '../support/postgres-chaos.ts';
import type { PostgresChaos } from '../support/postgres-chaos.ts';
import {
  healthyPostgres,
  postgresMembers,
  postgresTerm,
  primaryAfter,
  signalPostgres,
} from '../support/postgres-cluster.ts';
import { healthyRedis, redisMembers } from '../support/redis-cluster.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import { timeouts } from '../support/timeouts.ts';

/** Who answers with the certificate of this Secret, as the operator dials them. */
const servers = {
  'pg-tls': postgresMembers.map((name) => [`${name}.pg-peers`, 8008] as const),
  'redis-tls': redisMembers.map((name) => [name, 6379] as const),
} as const;
type Certified = keyof typeof servers;
const secrets = Object.keys(servers) as Certified[];

interface Secret {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

const readSecret = (name: string): Promise<Secret> => getJson<Secret>('secret', name);

async function certificateIn(secret: string): Promise<X509Certificate> {
  return new X509Certificate(Buffer.from((await readSecret(secret)).data['tls.crt'] ?? '', 'base64'));
}

/** The serial number that a new connection is shown. */
async function shownBy(host: string, port: number): Promise<string> {
  const [operator] = await podsOf('operator');
  const program = `const s = require('node:tls').connect({ host: '${host}', port: ${port}, rejectUnauthorized: false, timeout: 3000 }, () => { console.log(s.getPeerCertificate().serialNumber); s.destroy(); });
    s.on('timeout', () => s.destroy(new Error('timed out')));`;
  return (await execIn(nameOf(operator ?? {}), ['node', '-e', program])).trim();
}

/** Everybody shows what the Secret has. */
async function showsSecret(secret: Certified): Promise<void> {
  const { serialNumber } = await certificateIn(secret);
  for (const [host, port] of servers[secret]) expect(await shownBy(host, port), host).to.equal(serialNumber);
}

/** As `cmctl renew` asks for it. */
async function askToRenew(secret: string): Promise<void> {
  const condition = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'by a test' };
  const conditions = [{ ...condition, lastTransitionTime: new Date().toISOString() }];
  const patch = JSON.stringify({ status: { conditions } });
  await kubectl(['patch', 'certificate', secret, '--subresource=status', '--type=merge', '-p', patch]);
}

async function installAnew(values: object): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'values-')), 'values.json');
  writeFileSync(file, JSON.stringify(values));
  await kubectl(['delete', 'namespace', namespace, '--wait'], { timeoutMs: timeouts.steadyStateMs });
  const ended = await deploy({ VALUES: file }, timeouts.steadyStateMs * 2);
  expect(ended.code, ended.stderr).to.equal(0);
}

describe('a shop whose certificates are cert-manager’s', function () {
  this.timeout(timeouts.chaosRunMs);
  let manager: CertManager | undefined;
  let chaos: PostgresChaos | undefined;
  let ledger: ChaosLedger;

  before(async () => {
    manager = await startCertManager();
    await installAnew({ certificates: { issuer: 'cert-manager' } });
    chaos = await startPostgresChaos('certmanager');
    ledger = await chaos.startLedger();
  });

  after(async () => {
    await chaos?.close();
    await manager?.close();
    await installAnew({});
  });

  it('sells, with certificates that cert-manager signed and every server shows', async () => {
    for (const secret of secrets) {
      const { metadata, data } = await readSecret(secret);
      expect(metadata.annotations).to.include({
        'cert-manager.io/issuer-name': certificates[secret].authority,
      });
      const authority = new X509Certificate(Buffer.from(data['ca.crt'] ?? '', 'base64'));
      expect((await certificateIn(secret)).verify(authority.publicKey)).to.equal(true);
      await showsSecret(secret);
    }
    const shopper = shopClient();
    const { sku } = await anyVariant(shopper);
    expect((await shopper.add(sku)).status).to.equal(200);
    expect((await shopper.order({ email: 'shopper@example.test' })).status).to.equal(201);
  });

  it('shows a renewed one to new connections', async () => {
    const before = await Promise.all(secrets.map(certificateIn));
    await Promise.all(secrets.map(askToRenew));
    await eventually(
      async () => {
        for (const [at, secret] of secrets.entries()) {
          expect((await certificateIn(secret)).serialNumber).not.to.equal(before[at]?.serialNumber);
          await showsSecret(secret);
        }
      },
      // The kubelet brings a changed Secret to a pod within a minute or two.
      { withinMs: timeouts.rolloutMs, everyMs: 2000 },
    );
    await healthyRedis();
  });

  it('fails over with it', async () => {
    const term = await postgresTerm();
    await signalPostgres(await healthyPostgres(), 'KILL', 'postmaster');
    await primaryAfter(term);
    await healthyPostgres();
  });

  it('lost none of the acknowledged writes through all of it', async () => {
    expect(await ledger.finish()).to.include({ lost: 0, duplicated: 0, backwards: 0 });
  });
});
