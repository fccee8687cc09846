// Sessions in a real DynamoDB Local, without the shop around them: what only shows with more of them than one answer of
// DynamoDB holds.
import { expect } from 'chai';
import { createTable } from '../../../app/platform/dynamodb-table.ts';
import { connectDynamo } from '../../../app/platform/dynamodb.ts';
import type { DynamoTable } from '../../../app/platform/dynamodb.ts';
import { createDynamoSessions } from '../../../app/session/dynamodb-store.ts';
import { startDynamo } from '../../support/dynamodb.ts';
import type { TestDynamo } from '../../support/dynamodb.ts';
import { timeouts } from '../../support/timeouts.ts';

const patienceMs = 5_000;
const lifeMs = 3_600_000;

describe('sessions in DynamoDB', function () {
  this.timeout(timeouts.fixtureMs);
  let dynamo: TestDynamo;
  let table: DynamoTable;
  before(async function () {
    this.timeout(timeouts.dynamoReadyMs);
    dynamo = await startDynamo();
    const { SHOP_DYNAMODB_REGION: region, SHOP_DYNAMODB_ENDPOINT: endpoint } = dynamo.env;
    const settings = { table: 'shop', region, endpoint };
    await createTable(settings);
    table = await connectDynamo(settings);
  });
  after(async () => {
    table.close();
    await dynamo.close();
  });

  it('are all listed and all ended, however many a user has', async () => {
    const sessions = createDynamoSessions(table, () => undefined);
    const keys = Array.from({ length: 201 }, (_, index) => `session-${index}`);
    for (const key of keys) {
      const session = { version: 0, data: { userId: 'ada', startedAt: 1 }, lifeMs };
      expect(await sessions.write(key, session, patienceMs)).to.equal('stored');
    }
    const listed = await sessions.list('ada', patienceMs);
    expect(listed.map(({ key }) => key)).to.have.members(keys);

    await sessions.endAll('ada', 'session-7', patienceMs);
    const read = await Promise.all(keys.map((key) => sessions.read(key, patienceMs)));
    expect(keys.filter((_, index) => read[index] !== undefined)).to.deep.equal(['session-7']);
  });
});
