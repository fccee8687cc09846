// What Secrets hold, read by name again and again: a rotated value is picked up within seconds, and while the API
// server is away the last one stays. Read on every replica, so that a new leader has them before it leads.
import type { ControllerContext } from './controller.ts';
import { objectPath, SECRETS } from './paths.ts';

export interface SecretReader {
  /**
   * The text of one key, empty when there is none; null until it was read. The first question begins the reading. White
   * space around it is dropped, as by everybody who reads the mounted file: `--from-file` often brings a line's end.
   */
  get(secret: string, key: string): string | null;
  stop(): void;
}

type Texts = Readonly<Record<string, string>>;

const READ_EVERY_MS = 5000;

/** `onChange` is called whenever a Secret that was asked for has new contents. */
export function createSecretReader(
  { api, clock, log, namespace }: Pick<ControllerContext, 'api' | 'clock' | 'log' | 'namespace'>,
  onChange: () => void,
): SecretReader {
  const known = new Map<string, Texts>();
  const timers = new Map<string, () => void>();
  let stopped = false;
  const read = async (secret: string): Promise<void> => {
    try {
      const { data } = await api.request<{ data?: Texts }>('GET', objectPath(SECRETS, namespace, secret));
      const isNew = JSON.stringify(data ?? {}) !== JSON.stringify(known.get(secret) ?? {});
      known.set(secret, data ?? {});
      if (isNew) onChange();
    } catch (error) {
      log.warn({ secret, error: String(error) }, 'secret not read');
    }
    if (stopped) return;
    timers.set(
      secret,
      clock.after(READ_EVERY_MS, () => void read(secret)),
    );
  };
  return {
    get: (secret, key) => {
      if (!timers.has(secret)) {
        timers.set(secret, () => undefined);
        void read(secret);
      }
      const texts = known.get(secret);
      return texts ? textOf(texts, key) : null;
    },
    stop: () => {
      stopped = true;
      for (const cancel of timers.values()) cancel();
    },
  };
}

function textOf(texts: Texts, key: string): string {
  return Buffer.from(texts[key] ?? '', 'base64')
    .toString('utf8')
    .trim();
}
