// The whole shop beside a DynamoDB Local with its table, for tests of where sessions and carts are kept.
import { createTable } from '../../app/platform/dynamodb-table.ts';
import { dynamoSettings } from '../../app/stores.ts';
import { startDynamo } from './dynamodb.ts';
import { startShop } from './shop.ts';
import type { TestShop } from './shop.ts';

/** Closing it closes DynamoDB too. What did start is closed when something after it does not, or nothing ever ends. */
export async function startDynamoShop(): Promise<TestShop> {
  const dynamo = await startDynamo();
  let shop: TestShop | undefined;
  const close = async (): Promise<void> => {
    await shop?.close();
    await dynamo.close();
  };
  try {
    shop = await startShop({ env: dynamo.env });
    await createTable(dynamoSettings(shop.config));
    return { ...shop, close };
  } catch (error) {
    await close();
    throw error;
  }
}
