// Every operation of the JSON API, with the schemas its handler checks with. The test of this folder holds the list
// against the routers: an operation that is missing here, or is only here, fails it.
import * as z from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import * as account from '../account/schema.ts';
import { addBody, operationId, setBody } from '../cart/schema.ts';
import { listQuery } from '../catalog/api.ts';
import { skuSchema, slugSchema } from '../catalog/schema.ts';
import { idempotencyKey, orderBody } from '../checkout/schema.ts';
import { ordersQuery, staffQuery, statusBody, variantBody } from '../staff/schema.ts';
import * as answers from './answers.ts';

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's way of writing: /orders/{id}. */
  readonly path: string;
  readonly detail: ZodOpenApiOperationObject;
}

/** What each status says; each is a problem. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The body is not JSON.',
  401: 'Not logged in, or wrong credentials.',
  402: 'The card was refused; nothing was charged and the cart is as it was.',
  403: 'Sent by another site’s page, or not allowed for this account.',
  404: 'There is no such thing, or it is not yours to see.',
  409: 'The world has changed: stock, total, or another request was first.',
  413: 'The body is larger than 32 kB.',
  422: 'Some values are not possible; all of them are listed.',
  429: 'Too often; Retry-After says when again.',
  503: 'A store is away; Retry-After says when again. Repeating the request is safe.',
};

function refusals(statuses: readonly number[]) {
  return Object.fromEntries(
    statuses.map((status) => {
      const content = { 'application/problem+json': { schema: answers.problem } };
      return [String(status), { description: PROBLEMS[status] ?? '', content }];
    }),
  );
}

interface Sketch {
  readonly summary: string;
  readonly answer?: z.ZodType;
  readonly status?: number;
  readonly also?: ZodOpenApiOperationObject['responses'];
  readonly body?: z.ZodType;
  readonly refused?: readonly number[];
  readonly params?: ZodOpenApiOperationObject['requestParams'];
  readonly loggedIn?: boolean;
}

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

function refusedBy(sketch: Sketch, method: Operation['method']): readonly number[] {
  const body = sketch.body === undefined ? [] : [400, 413, 422];
  const changes = method === 'get' ? [] : [403];
  const login = sketch.loggedIn === true ? [401] : [];
  return [...new Set([...body, ...changes, ...login, ...(sketch.refused ?? []), 503])].sort();
}

function operation(method: Operation['method'], path: string, sketch: Sketch): Operation {
  const { summary, answer, status = 200, also, body, params, loggedIn } = sketch;
  const good = { description: summary, ...(answer && { content: json(answer) }) };
  return {
    method,
    path,
    detail: {
      summary,
      responses: { [String(status)]: good, ...also, ...refusals(refusedBy(sketch, method)) },
      ...(body && { requestBody: { required: true, content: json(body) } }),
      ...(params && { requestParams: params }),
      ...(loggedIn === true && { security: [{ session: [] }] }),
    },
  };
}

const id = z.object({ id: z.string() });
const sku = z.object({ sku: skuSchema });
const page = z.object({
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .optional(),
});

const catalogue: readonly Operation[] = [
  operation('get', '/products', {
    summary: 'Articles, filtered, sorted, twelve a page',
    answer: answers.listing,
    params: { query: listQuery },
    refused: [422],
  }),
  operation('get', '/products/{slug}', {
    summary: 'One article with its variants',
    answer: answers.product,
    params: { path: z.object({ slug: slugSchema }) },
    refused: [404],
  }),
  operation('get', '/products/{slug}/recommendations', {
    summary: 'What goes with an article',
    answer: answers.recommendations,
    params: { path: z.object({ slug: slugSchema }) },
    refused: [404],
  }),
];

const cart: readonly Operation[] = [
  operation('get', '/cart', { summary: 'The cart at today’s prices', answer: answers.cart }),
  operation('post', '/cart/lines', {
    summary: 'Adds pieces; the same operation id again changes nothing',
    answer: answers.cart,
    body: addBody,
    refused: [404, 409],
  }),
  operation('put', '/cart/lines/{sku}', {
    summary: 'Sets the quantity of a line',
    answer: answers.cart,
    body: setBody,
    params: { path: sku },
    refused: [404, 409],
  }),
  operation('delete', '/cart/lines/{sku}', {
    summary: 'Removes a line; the operation id may be in the query instead of the body',
    answer: answers.cart,
    params: { path: sku, query: z.object({ operationId }) },
    refused: [400, 413, 422],
  }),
];

const accounts: readonly Operation[] = [
  operation('post', '/accounts', {
    summary: 'Opens an account and logs in',
    answer: answers.account,
    status: 201,
    body: account.registration,
    refused: [429],
  }),
  operation('post', '/session', {
    summary: 'Logs in',
    answer: answers.account,
    body: account.credentials,
    refused: [401, 429],
  }),
  operation('delete', '/session', { summary: 'Logs out', status: 204 }),
  operation('post', '/password/forgot', {
    summary: 'Sends a link to set a new password, where there is such an account',
    status: 204,
    body: account.forgottenForm,
    refused: [429],
  }),
  operation('post', '/password/reset', {
    summary: 'Sets a new password by the token of such a link, and ends all sessions a server knows',
    status: 204,
    body: account.resetBody,
    refused: [429],
  }),
  operation('get', '/account', { summary: 'Who is logged in', answer: answers.account, loggedIn: true }),
  operation('put', '/account', {
    summary: 'Changes name and e-mail address; another address takes the current password',
    answer: answers.account,
    body: account.profileForm,
    refused: [429],
    loggedIn: true,
  }),
  operation('put', '/account/password', {
    summary: 'Changes the password, and ends all other sessions a server knows',
    status: 204,
    body: account.passwordChange,
    refused: [429],
    loggedIn: true,
  }),
  operation('get', '/account/export', {
    summary: 'Everything the shop keeps about this account',
    answer: answers.everything,
    loggedIn: true,
  }),
  operation('delete', '/account', {
    summary: 'Deletes the account; orders stay without the person',
    status: 204,
    body: account.removalForm,
    refused: [429],
    loggedIn: true,
  }),
  operation('get', '/account/sessions', {
    summary: 'The devices that are logged in, the newest first; none where sessions are kept in cookies',
    answer: answers.sessions,
    loggedIn: true,
  }),
  operation('delete', '/account/sessions/{key}', {
    summary: 'Logs one device out',
    status: 204,
    params: { path: z.object({ key: z.string() }) },
    refused: [404],
    loggedIn: true,
  }),
  operation('delete', '/account/sessions', {
    summary: 'Logs out on all devices',
    status: 204,
    loggedIn: true,
  }),
  operation('get', '/account/addresses', {
    summary: 'The address book, the preferred one first',
    answer: answers.addresses,
    loggedIn: true,
  }),
  operation('post', '/account/addresses', {
    summary: 'Adds an address',
    answer: answers.savedAddress,
    status: 201,
    body: account.address,
    refused: [409],
    loggedIn: true,
  }),
  operation('put', '/account/addresses/{id}/preferred', {
    summary: 'Prefers an address',
    status: 204,
    params: { path: id },
    refused: [404],
    loggedIn: true,
  }),
  operation('delete', '/account/addresses/{id}', {
    summary: 'Removes an address',
    status: 204,
    params: { path: id },
    refused: [404],
    loggedIn: true,
  }),
];

const orders: readonly Operation[] = [
  operation('get', '/orders', {
    summary: 'One’s orders, newest first',
    answer: answers.orders,
    params: { query: page },
    loggedIn: true,
  }),
  operation('post', '/orders', {
    summary: 'Orders the cart and pays; the same key again answers the same order',
    answer: answers.order,
    status: 201,
    also: { '200': { description: 'This key has ordered before', content: json(answers.order) } },
    body: orderBody,
    params: { header: z.object({ 'Idempotency-Key': idempotencyKey }) },
    refused: [401, 402, 404, 409, 429],
  }),
  operation('get', '/orders/{id}', {
    summary: 'One order',
    answer: answers.order,
    params: { path: id },
    refused: [404],
  }),
  operation('post', '/orders/{id}/cancel', {
    summary: 'Cancels an order that is not on its way yet',
    answer: answers.order,
    params: { path: id },
    refused: [404, 409],
  }),
];

const staff: readonly Operation[] = [
  operation('get', '/staff/variants', {
    summary: 'Stock and prices, by article or SKU',
    answer: answers.staffVariants,
    params: { query: staffQuery },
    refused: [403, 422],
    loggedIn: true,
  }),
  operation('patch', '/staff/variants/{sku}', {
    summary: 'Sets stock (when it still is what was seen), price or both',
    status: 204,
    body: variantBody,
    params: { path: sku },
    refused: [404, 409],
    loggedIn: true,
  }),
  operation('get', '/staff/orders', {
    summary: 'Everybody’s orders, newest first',
    answer: answers.orders,
    params: { query: ordersQuery },
    refused: [403, 422],
    loggedIn: true,
  }),
  operation('patch', '/staff/orders/{id}', {
    summary: 'Moves an order on',
    status: 204,
    body: statusBody,
    params: { path: id },
    refused: [404, 409],
    loggedIn: true,
  }),
];

export const operations: readonly Operation[] = [...catalogue, ...cart, ...accounts, ...orders, ...staff];
