// Sends a body that lies in several buffers, most of them shared by all answers, without putting them together first:
// each answer would have a buffer of its own, memory outside of the heap that a busy pod's garbage collector is called for.
// Koa knows no such body, so this writes it, behind everything that may still set a header.
import type { OutgoingHttpHeader } from 'node:http';
import type { AppContext, Next } from '../context.ts';

export function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Makes `pieces`, one after the other, the body of the answer. There is at least one. */
export function setPieces(ctx: AppContext, pieces: readonly Buffer[]): void {
  // Stands for all of them: whoever sets another body afterwards, such as an error's page, has the last word.
  ctx.body = pieces[0];
  ctx.length = lengthOf(pieces);
  ctx.state.pieces = pieces;
}

const SHORT_BYTES = 1_000;

/** Each piece is a write of its own, so the short ones that follow each other are one: the long ones stay shared. */
function gathered(pieces: readonly Buffer[]): Buffer[] {
  const together: Buffer[] = [];
  for (const piece of pieces) {
    const before = together.at(-1);
    if (before === undefined || before.length + piece.length > SHORT_BYTES) together.push(piece);
    else together[together.length - 1] = Buffer.concat([before, piece]);
  }
  return together;
}

/**
 * Sends `pieces` at once, with the headers that are set so far, if somebody is still there; nothing may follow. A `head`
 * (pairs of header and value) comes to those, of an answer that is well: where none are set it is written as it is, for
 * an eighth less of a small answer's time than header by header.
 */
export function writePieces(ctx: AppContext, pieces: readonly Buffer[], head?: OutgoingHttpHeader[]): void {
  const { res } = ctx;
  if (!ctx.writable || res.headersSent) return;
  ctx.respond = false;
  // One call of the system for all.
  res.cork();
  if (head !== undefined) res.writeHead(200, head);
  const writes = gathered(pieces);
  const last = writes.pop();
  for (const piece of writes) res.write(piece);
  res.end(last);
  res.uncork();
}

export async function piecesMiddleware(ctx: AppContext, next: Next): Promise<void> {
  await next();
  const { pieces } = ctx.state;
  if (pieces === undefined || ctx.body !== pieces[0]) return;
  writePieces(ctx, pieces);
}
