// Bodies of requests: JSON from programs, forms from pages, nothing else. A form is a flat list of fields here, as
// browsers send it: names that look like nested values stay names.
import { parse as parseForm } from 'node:querystring';
import bodies from 'co-body';
import type { AppContext, Next } from './context.ts';
import { badRequest, tooLarge } from './errors.ts';

export interface BodyLimits {
  /** Of what is sent, before it is unpacked and after. */
  readonly limit: string;
}

/** The JSON API removes a line with an operation id in the body of a DELETE. */
const METHODS = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const IS_FORM = /^application\/x-www-form-urlencoded\b/i;
const IS_JSON = /^application\/(?:[\w.-]+\+)?json\b/i;

/** A body that cannot be read (cut off, not JSON, wrongly compressed) is the sender's mistake, never a fault of ours. */
function refusal(error: unknown): Error {
  const isTooLarge = error instanceof Error && 'status' in error && error.status === 413;
  return isTooLarge ? tooLarge() : badRequest();
}

async function bodyOf(ctx: AppContext, { limit }: BodyLimits): Promise<unknown> {
  const type = ctx.get('Content-Type');
  try {
    if (IS_FORM.test(type)) return { ...parseForm((await bodies.text(ctx.req, { limit })) as string) };
    if (IS_JSON.test(type)) return (await bodies.json(ctx.req, { limit })) as unknown;
  } catch (error) {
    throw refusal(error);
  }
  return {};
}

/** Reads the body once, however often it stands in a request's way. */
export function readBody(limits: BodyLimits) {
  return async (ctx: AppContext, next: Next): Promise<unknown> => {
    const request = ctx.request as { body?: unknown };
    if (METHODS.has(ctx.method)) request.body ??= await bodyOf(ctx, limits);
    return next();
  };
}
