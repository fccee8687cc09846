// The app's edge to a DynamoDB table: items of strings and numbers, read strongly consistent, written only over the
// version that was read. Each attempt has a deadline of its own; "not now" is DynamoUnavailable and never a hang.
//
// The SDK is loaded by whoever connects, and by nobody else: it costs a third of a second and 30 MB.
import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { StoreUnavailable } from './store-unavailable.ts';

type Sdk = typeof import('@aws-sdk/client-dynamodb');

export type Item = Readonly<Record<string, string | number>>;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** One step of a write. `version`: what must be there; 0 for nothing, undefined for anything. */
export type Step =
  | { readonly put: ItemKey & Item; readonly version?: number }
  | { readonly remove: ItemKey; readonly version?: number };

export type Written =
  | { readonly done: true }
  /** Nothing was written. `found` is what is there instead, where DynamoDB tells. */
  | { readonly done: false; readonly found?: Item };

export interface DynamoTable {
  /** Undefined when there is none, or its time is over although DynamoDB has not removed it yet. */
  readonly get: (key: ItemKey) => Promise<Item | undefined>;
  readonly query: (pk: string) => Promise<readonly Item[]>;
  /** All steps or none. */
  readonly write: (...steps: readonly Step[]) => Promise<Written>;
  readonly close: () => void;
}

export interface DynamoSettings {
  readonly table: string;
  /** Undefined: as the environment says, which is where IRSA puts region and role. */
  readonly region: string | undefined;
  /** Only for DynamoDB Local. */
  readonly endpoint: string | undefined;
}

/** DynamoDB could not do it now. Repeating the same write is safe; whether it was applied is unknown. */
export class DynamoUnavailable extends StoreUnavailable {}

const TIMEOUT_MS = 1_000;
/** More sessions of one user than this are not looked at. */
const MOST_ITEMS = 200;

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function toAttributes(item: Item): Record<string, AttributeValue> {
  const entries = Object.entries(item).map(([name, value]): [string, AttributeValue] => [
    name,
    typeof value === 'number' ? { N: String(value) } : { S: value },
  ]);
  return Object.fromEntries(entries);
}

function fromAttributes(attributes: Record<string, AttributeValue> | undefined): Item | undefined {
  if (attributes === undefined) return undefined;
  const entries = Object.entries(attributes).map(([name, { S, N }]) => [name, S ?? Number(N)] as const);
  return Object.fromEntries(entries);
}

/** TTL is not a promise: DynamoDB removes items up to days late. */
function unlessOver(item: Item | undefined): Item | undefined {
  return item !== undefined && Number(item.ttl ?? Infinity) > nowSeconds() ? item : undefined;
}

function conditionOf(version: number | undefined) {
  if (version === undefined) return {};
  const old = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  return version === 0
    ? {
        ...old,
        ConditionExpression: 'attribute_not_exists(pk) OR #t <= :n',
        ExpressionAttributeNames: { '#t': 'ttl' },
        ExpressionAttributeValues: { ':n': { N: String(nowSeconds()) } },
      }
    : {
        ...old,
        ConditionExpression: 'v = :v',
        ExpressionAttributeValues: { ':v': { N: String(version) } },
      };
}

function transactItem(TableName: string, step: Step): TransactWriteItem {
  const condition = conditionOf(step.version);
  return 'put' in step
    ? { Put: { TableName, Item: toAttributes(step.put), ...condition } }
    : { Delete: { TableName, Key: toAttributes({ ...step.remove }), ...condition } };
}

/** What stood in the way, when the answer is that the condition did not hold; otherwise throws. */
function notWritten(sdk: Sdk, error: unknown): Written {
  if (error instanceof sdk.ConditionalCheckFailedException) {
    const found = fromAttributes(error.Item);
    return { done: false, ...(found && { found }) };
  }
  if (!(error instanceof sdk.TransactionCanceledException)) throw error;
  const failed = error.CancellationReasons?.find(({ Code }) => Code === 'ConditionalCheckFailed');
  // Somebody else's transaction on the same items was under way.
  if (failed === undefined) throw new DynamoUnavailable('dynamodb: write: conflict', { cause: error });
  const found = fromAttributes(failed.Item);
  return { done: false, ...(found && { found }) };
}

function asUnavailable(sdk: Sdk, operation: string, error: unknown): Error {
  const isAnswer =
    error instanceof sdk.ConditionalCheckFailedException || error instanceof sdk.TransactionCanceledException;
  const name = error instanceof Error ? error.name : 'unknown error';
  if (isAnswer || name === 'ValidationException') return error as Error;
  return new DynamoUnavailable(`dynamodb: ${operation}: ${name}`, { cause: error });
}

function connectClient(sdk: Sdk, settings: DynamoSettings): DynamoDBClient {
  return new sdk.DynamoDBClient({
    ...(settings.region !== undefined && { region: settings.region }),
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
    // Retries belong to the request's own budget: see platform/retry.ts.
    maxAttempts: 1,
  });
}

export async function connectDynamo(settings: DynamoSettings): Promise<DynamoTable> {
  const sdk = await import('@aws-sdk/client-dynamodb');
  const client = connectClient(sdk, settings);
  const TableName = settings.table;

  async function timed<T>(operation: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await send(AbortSignal.timeout(TIMEOUT_MS));
    } catch (error) {
      throw asUnavailable(sdk, operation, error);
    }
  }

  function send(step: Step, abortSignal: AbortSignal): Promise<unknown> {
    const condition = conditionOf(step.version);
    return 'put' in step
      ? client.send(new sdk.PutItemCommand({ TableName, Item: toAttributes(step.put), ...condition }), {
          abortSignal,
        })
      : client.send(
          new sdk.DeleteItemCommand({ TableName, Key: toAttributes({ ...step.remove }), ...condition }),
          { abortSignal },
        );
  }

  return {
    get: async (key) => {
      const command = new sdk.GetItemCommand({
        TableName,
        Key: toAttributes({ ...key }),
        ConsistentRead: true,
      });
      const reply = await timed('get', (abortSignal) => client.send(command, { abortSignal }));
      return unlessOver(fromAttributes(reply.Item));
    },
    query: async (pk) => {
      const command = new sdk.QueryCommand({
        TableName,
        ConsistentRead: true,
        Limit: MOST_ITEMS,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: pk } },
      });
      const reply = await timed('query', (abortSignal) => client.send(command, { abortSignal }));
      const items = (reply.Items ?? []).map((item) => unlessOver(fromAttributes(item)));
      return items.filter((item) => item !== undefined);
    },
    write: async (...steps) => {
      const [first, ...others] = steps;
      if (first === undefined) return { done: true };
      const transaction = (): unknown =>
        new sdk.TransactWriteItemsCommand({
          TransactItems: steps.map((step) => transactItem(TableName, step)),
        });
      try {
        await timed('write', (abortSignal) =>
          others.length === 0
            ? send(first, abortSignal)
            : client.send(transaction() as never, { abortSignal }),
        );
        return { done: true };
      } catch (error) {
        return notWritten(sdk, error);
      }
    },
    close: () => client.destroy(),
  };
}
