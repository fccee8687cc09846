// Ids that nobody can guess: 256 random bits each. The system is asked for many at once: koa-session draws one for
// every visitor without a session, most of whom never need it.
import { randomFillSync } from 'node:crypto';

const ID_BYTES = 32;
const AT_ONCE = 128;

/** A source of ids; none is ever given out twice. */
export function createRandomIds(): () => string {
  const pool = Buffer.alloc(ID_BYTES * AT_ONCE);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    const id = pool.toString('base64url', next, next + ID_BYTES);
    next += ID_BYTES;
    return id;
  };
}
