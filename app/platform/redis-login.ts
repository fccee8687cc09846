// What one connection logs in with while passwords are rotated. The new password may reach this process before the
// servers know it, or after: a refused one is tried in turn with the one that was accepted last, and a connection that
// stands logs in anew on the spot. Its name says which password it has, so that whoever removes the old one can see
// that nobody needs it any more.
import { hash } from 'node:crypto';
import type { Redis, RedisOptions } from 'ioredis';

export interface LoginSettings {
  readonly name: string;
  /** Passwords and trust as they are now. */
  readonly read: () => RedisOptions;
}

export interface Login {
  /** For the next attempt. */
  next(): RedisOptions;
  /** For the next round of the Sentinels within one attempt: what they alone are spoken to with. */
  nextRound(): RedisOptions;
  accepted(): void;
  /** Told of every error; those of a refused password count. */
  failed(error: Error): void;
  /** Whether the connection stands with another password than the present one. */
  isOutdated(): boolean;
  /** Logs a standing connection in with the present password. Never rejects: it keeps the one it has. */
  renew(client: Redis): Promise<void>;
}

export function createLogin({ name, read }: LoginSettings): Login {
  let tried: RedisOptions = {};
  let last: RedisOptions | undefined;
  let refused = false;
  /** What is mounted now; where that was refused, the passwords that were accepted last. */
  const inTurn = (which: 'password' | 'sentinelPassword'): RedisOptions => {
    const newest = read();
    const other = refused && tried[which] === newest[which] ? last : undefined;
    refused = false;
    return other ? { ...newest, ...passwordsOf(other) } : newest;
  };
  return {
    next: () => {
      tried = named(name, inTurn('password'));
      return tried;
    },
    nextRound: () => {
      const round = sentinelPartOf(inTurn('sentinelPassword'));
      tried = { ...tried, ...round };
      return round;
    },
    accepted: () => {
      last = tried;
    },
    failed: (error) => {
      if (/WRONGPASS/.test(error.message)) refused = true;
    },
    isOutdated: () => last !== undefined && last.password !== read().password,
    renew: async (client) => {
      const newest = named(name, read());
      try {
        await client.auth(newest.username ?? 'default', newest.password ?? '');
        await client.client('SETNAME', newest.connectionName ?? name);
        tried = newest;
        last = newest;
      } catch {
        // Not known there yet: the next look tries again.
      }
    },
  };
}

function passwordsOf({ password, sentinelPassword }: RedisOptions): RedisOptions {
  return { ...(password && { password }), ...(sentinelPassword && { sentinelPassword }) };
}

function named(name: string, options: RedisOptions): RedisOptions {
  return { ...options, connectionName: `${name}@${fingerprint(options.password ?? '')}` };
}

function sentinelPartOf(options: RedisOptions): RedisOptions {
  const names = ['sentinelUsername', 'sentinelPassword', 'sentinelTLS'] as const;
  return Object.fromEntries(names.flatMap((name) => (name in options ? [[name, options[name]]] : [])));
}

/** Tells two passwords apart and gives none away: 32 bits of the hash that the server lists of it. */
export function fingerprint(password: string): string {
  return hash('sha256', password, 'hex').slice(0, 8);
}
