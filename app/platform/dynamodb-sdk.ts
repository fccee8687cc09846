// What the app uses of the AWS SDK, in a module of its own that is loaded only where DynamoDB is. The package is
// CommonJS: asked for by import(), a bundle of it has no names but `default`; from here they are found when it is made.
export {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
