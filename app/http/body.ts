// Bodies of requests: JSON from programs, forms from pages, nothing else. A form is a flat list of fields here, as
// browsers send it: names that look like nested values stay names.
import { parse } from 'node:querystring';
import { bodyParser } from '@koa/bodyparser';
import type { AppContext, Next } from './context.ts';
import { badRequest, tooLarge } from './errors.ts';

export interface BodyLimits {
  /** Of what is sent, before it is unpacked and after. */
  readonly limit: string;
}

/** A body that cannot be read (cut off, not JSON, wrongly compressed) is the sender's mistake, never a fault of ours. */
function refuseBody(error: Error): never {
  throw 'status' in error && error.status === 413 ? tooLarge() : badRequest();
}

const FORM = 'application/x-www-form-urlencoded';
const IS_FORM = /^application\/x-www-form-urlencoded\b/i;

/** Reads the body once, however often it stands in a request's way. */
export function readBody({ limit }: BodyLimits) {
  const common = {
    onError: refuseBody,
    // The JSON API removes a line with an operation id in the body of a DELETE.
    parsedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  };
  const readJson = bodyParser({ ...common, enableTypes: ['json'], jsonLimit: limit });
  const readForm = bodyParser({
    ...{ ...common, enableTypes: ['text'], textLimit: limit },
    extendTypes: { text: [FORM] },
  });
  return (ctx: AppContext, next: Next): Promise<unknown> => {
    // One that knows both would compare a form's type with those of JSON first, for a fiftieth of adding to a cart.
    if (!IS_FORM.test(ctx.get('Content-Type'))) return readJson(ctx, next);
    return readForm(ctx, () => {
      const request = ctx.request as { body?: unknown };
      if (typeof request.body === 'string') request.body = { ...parse(request.body) };
      return next();
    });
  };
}
