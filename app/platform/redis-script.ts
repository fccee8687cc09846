// Lua scripts sent by their hash. A server that does not know the hash (a new master after a failover: the
// script cache is not replicated) answers NOSCRIPT, and the caller sends the text once.
import { hash } from 'node:crypto';

export interface RedisScript {
  /** For metrics and messages. */
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

/** A script that changes nothing durable, or does not need to be seen by the operator's election. */
export function defineScript(name: string, lua: string): RedisScript {
  return { name, lua, sha: hash('sha1', lua, 'hex') };
}

/**
 * A script for `durable.change`. Every run first counts `ha:seq` up, for two reasons: after a restart of all
 * members the operator elects the data set with the highest sequence; and WAIT only waits for writes made on its
 * own connection, so a replayed operation that wrote nothing would be "confirmed" at once, falsely, although its
 * first application never reached a replica.
 */
export function defineChange(name: string, lua: string): RedisScript {
  return defineScript(name, `redis.call('INCR', 'ha:seq')\n${lua}`);
}
