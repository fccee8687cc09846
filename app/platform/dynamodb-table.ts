// The table that sessions and carts need in DynamoDB. In an account it is made by whoever owns the account (docs/
// sessions.md); the shop makes it itself only where an endpoint is configured, which is DynamoDB Local.
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { DynamoSettings } from './dynamodb.ts';

const LONGEST_WAIT_SECONDS = 30;

/** Idempotent. On demand, with the time to live on `ttl`. */
export async function createTable({ table: TableName, region, endpoint }: DynamoSettings): Promise<void> {
  const client = new DynamoDBClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  });
  const create = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  try {
    await client.send(create);
    await waitUntilTableExists({ client, maxWaitTime: LONGEST_WAIT_SECONDS }, { TableName });
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    client.destroy();
  }
}
