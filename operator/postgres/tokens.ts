// The credential of the agents, per set, read from its Secret.
import type { ControllerContext } from '../runtime/controller.ts';
import { objectPath, SECRETS } from '../runtime/paths.ts';

const TOKEN_KEY = 'agent-token';
const TOKEN_EVERY_MS = 5000;

export interface Tokens {
  /** The agents' token of a set; null until it has been read. */
  get(set: string, secret: string): string | null;
  stop(): void;
}

/** Reads the Secret by name, again and again: a rotated token is picked up within seconds. */
export function createTokens(
  { api, clock, log, namespace }: ControllerContext,
  onChange: (set: string) => void,
): Tokens {
  const known = new Map<string, string>();
  const timers = new Map<string, () => void>();
  const read = async (set: string, secret: string): Promise<void> => {
    try {
      const path = objectPath(SECRETS, namespace, secret);
      const { data } = await api.request<{ data?: Record<string, string> }>('GET', path);
      const token = Buffer.from(data?.[TOKEN_KEY] ?? '', 'base64').toString('utf8');
      const isNew = token !== '' && token !== known.get(set);
      if (isNew) known.set(set, token);
      if (isNew) onChange(set);
    } catch (error) {
      log.warn({ secret, error: String(error) }, 'token not read');
    }
    timers.set(
      set,
      clock.after(TOKEN_EVERY_MS, () => void read(set, secret)),
    );
  };
  return {
    get: (set, secret) => {
      if (secret !== '' && !timers.has(set)) {
        timers.set(set, () => undefined);
        void read(set, secret);
      }
      return known.get(set) ?? null;
    },
    stop: () => {
      for (const cancel of timers.values()) cancel();
    },
  };
}
