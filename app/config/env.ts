// The app's configuration, read once from the environment. All problems are reported together, and an unknown
// SHOP_* name is refused with the list of known ones: a misspelt setting must not silently mean the default.
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().min(0);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const DAY_MS = 24 * 3_600_000;

/** Where sessions and carts are kept. */
export const SESSION_STRATEGIES = ['memory', 'sticky', 'cookie', 'redis', 'dynamodb'] as const;

/** "host:port,host:port" → the Sentinels to ask. */
const endpoints = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port,host:port')).min(1))
  .transform((parts) =>
    parts.map((part) => ({ host: part.split(':')[0] ?? '', port: Number(part.split(':')[1]) })),
  );

const schema = z.object({
  HTTP_PORT: port.default(8080),
  OPS_PORT: port.default(9090),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  POD_NAME: z.string().default('local'),
  NODE_NAME: z.string().default('local'),
  SHOP_PUBLIC_URL: z.url().default('http://localhost:8080'),
  SHOP_PROXY_COUNT: count.max(5).default(0),
  SHOP_SECURE_COOKIES: flag.default(false),
  SHOP_SESSION_STRATEGY: z.enum(SESSION_STRATEGIES).default('redis'),
  /** `off`: carts are kept in Redis alone, to show what that alone keeps. */
  SHOP_CART_WRITE_THROUGH: z.enum(['async', 'off']).default('async'),
  /** Looked into as well, while a rolling change between the two goes on. */
  SHOP_SESSION_OTHER_STRATEGY: z.enum(['', 'redis', 'dynamodb']).default(''),
  SHOP_SESSION_KEYS_FILE: z.string().min(1),
  SHOP_SESSION_IDLE_MS: count.min(1_000).default(30 * DAY_MS),
  SHOP_SESSION_LIFE_MS: count.min(1_000).default(180 * DAY_MS),
  /** The largest cookie that browsers, and the proxies on the way, let through; for the strategy `cookie`. */
  SHOP_SESSION_COOKIE_BYTES: count.min(1_200).max(4_096).default(4_096),
  SHOP_DYNAMODB_TABLE: z.string().min(3).max(255).default('myclothes'),
  /** Empty: what the environment says (IRSA sets AWS_REGION). */
  SHOP_DYNAMODB_REGION: z.string().default(''),
  /** Empty: AWS itself. Only for DynamoDB Local. */
  SHOP_DYNAMODB_ENDPOINT: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
  SHOP_POSTGRES_RW_HOST: z.string().min(1).default('127.0.0.1'),
  SHOP_POSTGRES_RO_HOST: z.string().min(1).optional(),
  SHOP_POSTGRES_PORT: port.default(5432),
  SHOP_POSTGRES_RO_PORT: port.optional(),
  SHOP_POSTGRES_DATABASE: z.string().min(1).default('app'),
  SHOP_POSTGRES_USER: z.string().min(1).default('app'),
  SHOP_POSTGRES_PASSWORD_FILE: z.string().min(1),
  /** Authorities in PEM: the connection is encrypted and the server verified; without it neither. */
  SHOP_POSTGRES_CA_FILE: z.string().min(1).optional(),
  SHOP_POSTGRES_POOL_SIZE: count.min(2).max(100).default(8),
  SHOP_REDIS_SENTINELS: endpoints.default([{ host: '127.0.0.1', port: 26379 }]),
  SHOP_REDIS_MASTER: z.string().min(1).default('main'),
  SHOP_REDIS_USER: z.string().min(1).default('app'),
  SHOP_REDIS_PASSWORD_FILE: z.string().min(1),
  /** Replicas that must have a change of a cart or session before it is acknowledged; 0 only to measure what it costs. */
  SHOP_REDIS_ACK_REPLICAS: count.max(5).default(1),
  /** Likewise; every member and every Sentinel shows a certificate for SHOP_REDIS_SERVER_NAME. */
  SHOP_REDIS_CA_FILE: z.string().min(1).optional(),
  SHOP_REDIS_SERVER_NAME: z.string().min(1).default('redis'),
  SHOP_REDIS_SENTINEL_USER: z.string().min(1).optional(),
  SHOP_REDIS_SENTINEL_PASSWORD_FILE: z.string().min(1).optional(),
  /** Off: every page reads Postgres. Articles are right either way. */
  SHOP_CATALOG_CACHE: flag.default(true),
  /** Multiplies every rate limit; load tests come from one address. */
  SHOP_RATE_LIMIT_SCALE: z.coerce.number().min(0.01).max(10_000).default(1),
  /** smtp://user:password@host:port; mails are logged (without their contents) where it is not set. */
  SHOP_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SHOP_MAIL_FROM: z.string().min(3).default('MyClothes <shop@localhost>'),
  SHOP_SHUTDOWN_GAP_MS: count.max(60_000).default(5_000),
  /**
   * Beyond this many requests under way, or an event loop this late for the sake of many, further ones are refused with
   * 503. A page waits for the loop several times (its stores, its body, its answer): at 400 ms each it takes about two
   * seconds. With 32 connections (`make bench`) the loop is some tens of milliseconds late, and a starved test cluster's
   * some hundreds.
   */
  SHOP_MAX_IN_FLIGHT: count.min(1).max(100_000).default(512),
  SHOP_MAX_LOOP_DELAY_MS: count.min(10).max(60_000).default(400),
  SHOP_REQUEST_DEADLINE_MS: count.min(100).max(60_000).default(10_000),
});

export type Env = z.infer<typeof schema>;

export type Config = Readonly<Env> & {
  /** Passwords are read again at every connect, so that a rotated one needs no restart. */
  readonly postgresPassword: () => string;
  /** Whom to trust, likewise; undefined: plain connections. */
  readonly postgresCa: (() => string) | undefined;
  readonly redisPassword: () => string;
  readonly redisCa: (() => string) | undefined;
  readonly redisSentinelPassword: (() => string) | undefined;
  /** Newest first: the first signs, all verify. */
  readonly sessionKeys: readonly string[];
};

/** What is right by itself but not together. */
function contradictions({
  SHOP_SESSION_STRATEGY: strategy,
  SHOP_SESSION_OTHER_STRATEGY: other,
  SHOP_SECURE_COOKIES: secure,
  SHOP_PROXY_COUNT: proxies,
}: Env): string[] {
  const isPair = strategy !== other && ['redis', 'dynamodb'].includes(strategy);
  return [
    ...(other === '' || isPair
      ? []
      : ['SHOP_SESSION_OTHER_STRATEGY: only redis beside dynamodb, or dynamodb beside redis']),
    // The shop speaks HTTP: without a proxy that is believed every new session was a 500.
    ...(secure && proxies === 0 ? ['SHOP_SECURE_COOKIES: needs SHOP_PROXY_COUNT, for HTTPS ends there'] : []),
  ];
}

/** '' would be taken for 0, which turns things off. */
function emptyNumbers(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(schema.shape)
    .filter(([name, field]) => env[name] === '' && typeof field.safeParse('').data === 'number')
    .map(([name]) => `${name}: must be a number, and is empty`);
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(schema.shape);
  return Object.keys(env)
    .filter((name) => name.startsWith('SHOP_') && !known.includes(name))
    .map((name) => `${name}: unknown; known are ${known.filter((k) => k.startsWith('SHOP_')).join(', ')}`);
}

/** A reader of a secret file that has been seen to work once. */
function secretFile(name: string, path: string, problems: string[]): () => string {
  const read = (): string => readFileSync(path, 'utf8').trim();
  try {
    if (read() === '') problems.push(`${name}: the file is empty`);
  } catch (error) {
    problems.push(`${name}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  return read;
}

/** A password that is being rotated has company: all of them are accepted, the first is the one to use. */
function firstWord(read: () => string): () => string {
  return () => read().split(/\s+/)[0] ?? '';
}

function keysFrom(path: string, problems: string[]): string[] {
  const before = problems.length;
  const read = secretFile('SHOP_SESSION_KEYS_FILE', path, problems);
  if (problems.length > before) return [];
  const keys = read().split(/[\s,]+/);
  if (keys.some((key) => key.length < 16)) {
    problems.push('SHOP_SESSION_KEYS_FILE: every key needs at least 16 characters');
  }
  return keys;
}

function fail(problems: readonly string[]): never {
  throw new Error(`the configuration is not usable:\n  ${problems.join('\n  ')}`);
}

/** Reads and checks the environment and the secret files it names. Throws one error that lists every problem. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const problems = [...unknownNames(env), ...emptyNumbers(env)];
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    fail([...problems, ...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)]);
  }
  const values = parsed.data;
  problems.push(...contradictions(values));
  const secret = (name: string, path: string): (() => string) => secretFile(name, path, problems);
  const optional = (name: string, path: string | undefined): (() => string) | undefined =>
    path === undefined ? undefined : secret(name, path);
  const config: Config = {
    ...values,
    postgresPassword: secret('SHOP_POSTGRES_PASSWORD_FILE', values.SHOP_POSTGRES_PASSWORD_FILE),
    postgresCa: optional('SHOP_POSTGRES_CA_FILE', values.SHOP_POSTGRES_CA_FILE),
    redisPassword: firstWord(secret('SHOP_REDIS_PASSWORD_FILE', values.SHOP_REDIS_PASSWORD_FILE)),
    redisCa: optional('SHOP_REDIS_CA_FILE', values.SHOP_REDIS_CA_FILE),
    redisSentinelPassword: optional(
      'SHOP_REDIS_SENTINEL_PASSWORD_FILE',
      values.SHOP_REDIS_SENTINEL_PASSWORD_FILE,
    ),
    sessionKeys: keysFrom(values.SHOP_SESSION_KEYS_FILE, problems),
  };
  if (problems.length > 0) fail(problems);
  return config;
}
