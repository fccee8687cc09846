// What the image runs is not the source but a bundle of it, in which a part that is loaded late can be missing or
// wrong while every test of the source is green: so the bundle keeps a cart under each strategy here, and finds its
// credentials as IRSA gives them to a pod on EKS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { bundleAll } from '../../../k8s/images/build.ts';
import { run } from '../../../k8s/lib/subprocess.ts';
import { imageCommand, imageEnvironment, startServer } from '../../load/bench/processes.ts';
import { startAws } from '../../support/aws.ts';
import { startDynamo } from '../../support/dynamodb.ts';
import type { TestDynamo } from '../../support/dynamodb.ts';
import { shopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

/** DynamoDB Local believes any. */
const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

describe('the bundle of the image', function () {
  this.timeout(timeouts.e2eTestMs);
  let folder: string;
  let shop: TestShop;
  let dynamo: TestDynamo;
  let env: Record<string, string>;
  let sku: string;

  before(async function () {
    this.timeout(timeouts.dynamoReadyMs + timeouts.fixtureMs);
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    await bundleAll(['app']);
    dynamo = await startDynamo();
    shop = await startShop();
    env = { ...imageEnvironment(), ...shop.env };
    const [row] = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 2 LIMIT 1');
    sku = row?.sku ?? '';
  });

  after(async () => {
    await shop.close();
    await dynamo.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Adds two pieces to a new guest's cart on a process of the bundle, and returns the cart's lines. */
  async function addOn(strategy: string, more: Readonly<Record<string, string>> = {}) {
    const pod = await startServer({
      ...{ name: strategy, args: imageCommand(), readyPath: '/readyz', folder },
      env: { ...env, SHOP_SESSION_STRATEGY: strategy, ...more },
    });
    try {
      const client = shopClient(pod.url);
      expect((await client.add(sku, 2)).status).to.equal(200);
      return (await client.cart()).body.lines;
    } finally {
      await pod.stop();
    }
  }

  it('makes the schema, and the table in DynamoDB Local, as often as it is asked', async () => {
    const migrate = imageCommand().map((arg) => (arg === 'serve' ? 'migrate' : arg));
    for (let time = 0; time < 2; time += 1) {
      await run(process.execPath, migrate, {
        env: { ...env, ...dynamo.env, ...credentials },
        deadlineMs: timeouts.localServerReadyMs,
      });
    }
  });

  for (const strategy of ['memory', 'sticky', 'cookie', 'redis', 'dynamodb']) {
    it(`keeps a cart with the strategy ${strategy}`, async () => {
      const lines = await addOn(strategy, { ...dynamo.env, ...credentials });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ sku, quantity: 2 });
    });
  }

  it('signs each call to DynamoDB with what STS lends to the role of its ServiceAccount, once', async () => {
    const aws = await startAws();
    const role = 'arn:aws:iam::123456789012:role/myclothes-app';
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'a-projected-token');
    try {
      await addOn('dynamodb', {
        ...{ SHOP_DYNAMODB_ENDPOINT: aws.url, SHOP_DYNAMODB_REGION: 'eu-central-1' },
        ...{ AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ENDPOINT_URL_STS: aws.url },
      });
    } finally {
      aws.close();
    }
    const [lending, ...others] = aws.lendings();
    expect(lending).to.include({ RoleArn: role, WebIdentityToken: 'a-projected-token' });
    expect(others).to.deep.equal([]);
    expect(aws.calls()).to.not.be.empty;
    for (const { authorization, ...headers } of aws.calls()) {
      expect(authorization).to.match(/Credential=ASIALENT\/\d+\/eu-central-1\/dynamodb\//);
      expect(headers['x-amz-security-token']).to.equal('lent-token');
    }
  });
});
