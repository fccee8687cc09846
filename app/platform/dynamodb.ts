// The app's edge to a DynamoDB table: items of strings and numbers, read strongly consistent, written only over the
// version that was read. Each attempt has a deadline of its own; "not now" is DynamoUnavailable and never a hang.
//
// The SDK is loaded by whoever connects, and by nobody else: it costs a third of a second and 30 MB.
import type { AttributeValue, DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type * as Library from './dynamodb-sdk.ts';
import { StoreUnavailable } from './store-unavailable.ts';

type Sdk = typeof Library;

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
  /** All of them, however many calls that takes; each has the deadline of an attempt. */
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
/** What one call answers; the next one goes on behind it. */
const PAGE_ITEMS = 200;
/** More is refused and not cut off: who ends all sessions of a user must not leave some of them open. */
const MOST_PAGES = 50;

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

interface Link {
  readonly sdk: Sdk;
  readonly client: DynamoDBClient;
  readonly TableName: string;
}

async function timed<T>(
  { sdk }: Link,
  operation: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw asUnavailable(sdk, operation, error);
  }
}

async function getItem(link: Link, key: ItemKey): Promise<Item | undefined> {
  const { sdk, client, TableName } = link;
  const input = { TableName, Key: toAttributes({ ...key }), ConsistentRead: true };
  const reply = await timed(link, 'get', (options) => client.send(new sdk.GetItemCommand(input), options));
  return unlessOver(fromAttributes(reply.Item));
}

type Position = Record<string, AttributeValue>;

async function queryPage(link: Link, pk: string, behind: Position | undefined) {
  const { sdk, client, TableName } = link;
  const input = {
    TableName,
    ConsistentRead: true,
    Limit: PAGE_ITEMS,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: pk } },
    ...(behind && { ExclusiveStartKey: behind }),
  };
  const reply = await timed(link, 'query', (options) => client.send(new sdk.QueryCommand(input), options));
  const items = (reply.Items ?? []).map((item) => unlessOver(fromAttributes(item)));
  return { items: items.filter((item) => item !== undefined), last: reply.LastEvaluatedKey };
}

async function queryItems(link: Link, pk: string): Promise<Item[]> {
  const found: Item[] = [];
  let behind: Position | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { items, last } = await queryPage(link, pk, behind);
    found.push(...items);
    if (last === undefined) return found;
    behind = last;
  }
  throw new Error(`dynamodb: query: more than ${MOST_PAGES * PAGE_ITEMS} items of one key`);
}

/** One step is a plain write; a transaction costs twice as much. */
function sendSteps(
  link: Link,
  steps: readonly Step[],
  options: { abortSignal: AbortSignal },
): Promise<unknown> {
  const { sdk, client, TableName } = link;
  const TransactItems = steps.map((step) => transactItem(TableName, step));
  const [only] = TransactItems;
  if (TransactItems.length > 1) {
    return client.send(new sdk.TransactWriteItemsCommand({ TransactItems }), options);
  }
  if (only?.Put !== undefined) return client.send(new sdk.PutItemCommand(only.Put), options);
  if (only?.Delete !== undefined) return client.send(new sdk.DeleteItemCommand(only.Delete), options);
  return Promise.resolve();
}

async function writeSteps(link: Link, steps: readonly Step[]): Promise<Written> {
  try {
    await timed(link, 'write', (options) => sendSteps(link, steps, options));
    return { done: true };
  } catch (error) {
    return notWritten(link.sdk, error);
  }
}

export async function connectDynamo(settings: DynamoSettings): Promise<DynamoTable> {
  const sdk = await import('./dynamodb-sdk.ts');
  const link: Link = { sdk, client: connectClient(sdk, settings), TableName: settings.table };
  return {
    get: (key) => getItem(link, key),
    query: (pk) => queryItems(link, pk),
    write: (...steps) => writeSteps(link, steps),
    close: () => link.client.destroy(),
  };
}
