// The errors a request may end in. Each has a status, a stable code for programs and a message key for people;
// anything else that is thrown is a 500 whose text is never shown.
import createHttpError from 'http-errors';
import type { HttpError } from 'http-errors';
import type { MessageKey, MessageValues } from './messages.ts';

/** Problems of a form or JSON body: field → message keys. '' is the field of problems that belong to none. */
export type Problems = Readonly<Record<string, readonly MessageKey[]>>;

export interface ShopError extends HttpError {
  readonly code: string;
  readonly messageKey: MessageKey;
  /** What stands in the message's braces. */
  readonly values?: MessageValues;
  readonly problems?: Problems;
  readonly retryAfterSeconds?: number;
}

interface Extra {
  readonly values?: MessageValues;
  readonly problems?: Problems;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

function shopError(status: number, code: string, messageKey: MessageKey, extra: Extra = {}): ShopError {
  return createHttpError(status, code, { code, messageKey, expose: true, ...extra }) as ShopError;
}

export function isShopError(error: unknown): error is ShopError {
  return createHttpError.isHttpError(error) && 'messageKey' in error;
}

export const notFound = (): ShopError => shopError(404, 'not-found', 'error.notFound');
export const badRequest = (): ShopError => shopError(400, 'bad-request', 'error.badRequest');
export const unauthenticated = (): ShopError => shopError(401, 'not-logged-in', 'error.notLoggedIn');
export const wrongCredentials = (): ShopError => shopError(401, 'wrong-credentials', 'problem.credentials');
export const forbidden = (): ShopError => shopError(403, 'forbidden', 'error.forbidden');
export const crossSite = (): ShopError => shopError(403, 'cross-site', 'error.crossSite');
export const methodNotAllowed = (): ShopError => shopError(405, 'method-not-allowed', 'error.notFound');
export const tooLarge = (): ShopError => shopError(413, 'too-large', 'error.tooLarge');

/** What was sent cannot be accepted as it is; all problems at once. */
export const invalid = (problems: Problems): ShopError =>
  shopError(422, 'invalid', 'error.invalid', { problems });

/** The world changed under the request: a price, the stock, another order. */
export const conflict = (code: string, messageKey: MessageKey, values?: MessageValues): ShopError =>
  shopError(409, code, messageKey, { ...(values && { values }) });

export const paymentRefused = (messageKey: MessageKey): ShopError =>
  shopError(402, 'payment-refused', messageKey);

export const tooMany = (retryAfterSeconds: number): ShopError =>
  shopError(429, 'too-many', 'error.tooMany', { retryAfterSeconds });

/** A store is away or we are overloaded; the same request may be sent again after `retryAfterSeconds`. */
export const unavailable = (cause?: unknown, retryAfterSeconds = 2): ShopError =>
  shopError(503, 'unavailable', 'error.unavailable', { retryAfterSeconds, cause });

/** The password is changed; the caller may end the account's sessions later. */
export const sessionsNotEnded = (cause: unknown): ShopError =>
  shopError(503, 'sessions-not-ended', 'account.passwordChangedOnly', { retryAfterSeconds: 2, cause });
