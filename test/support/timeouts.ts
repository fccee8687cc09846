// The one table of how long tests wait, in milliseconds. Each entry can be overridden by the environment:
// TIMEOUT_POD_READY_MS=120000 for `podReadyMs`. TIMEOUT_FACTOR=2 stretches all of them on a slow machine.

const defaults = {
  /** A local Postgres, Redis or Sentinel process accepts connections, from nothing. */
  localServerReadyMs: 30_000,
  /** A `before` hook that starts several local servers, or a browser. */
  fixtureMs: 60_000,
  /** DynamoDB Local answers, the first time with its jars fetched before. */
  dynamoReadyMs: 240_000,
  /** `make dev` shows a page, from nothing but installed packages. */
  devPageMs: 20_000,
  /** One kubectl call. */
  kubectlMs: 20_000,
  /** One `docker` call that stops, starts, pauses or resumes a kind node. */
  dockerMs: 60_000,
  /** One HTTP request of a test client to the shop. */
  requestMs: 15_000,
  /** A Python tool is installed into .cache, from the package index. */
  pythonToolMs: 240_000,
  /** A program of a Go module is built, from the module proxy, on a busy machine. */
  goProgramMs: 600_000,
  /** Schemathesis has tried every operation of the API. */
  apiFuzzMs: 480_000,
  /** A condition that should hold almost at once (a log line, a metric, a row on a replica). */
  soonMs: 15_000,
  /** A deleted pod is replaced by one that is ready. */
  podReadyMs: 90_000,
  /** A Deployment has as many ready pods as it was scaled to, out or in. */
  scaleMs: 120_000,
  /** A stopped node is Ready again after it was started. */
  nodeReadyMs: 120_000,
  /** The API server of the kind cluster stops, or answers again. */
  apiServerMs: 90_000,
  /** Every member of a store is replaced by a new template, one after the other. */
  rolloutMs: 240_000,
  /** One run of a chaos scenario, from steady state to steady state. */
  chaosRunMs: 600_000,
  /** A ledger compares every row that was acknowledged. */
  ledgerMs: 60_000,
  /** `kubectl drain` of a node with a primary and a master on it. */
  drainMs: 120_000,
  /** Every tier has all its members ready, in the right roles. */
  steadyStateMs: 180_000,
  /** A backup is there although the first try failed: the next is due after half a minute. */
  backupRetriedMs: 120_000,
  /** The longest a shopper may wait for an acknowledgement while a store heals; what it took is printed. */
  outageMs: 30_000,
  /** The HorizontalPodAutoscaler has read a metric since the pods started. */
  hpaMetricMs: 120_000,
  /** The browser finds an element or finishes a navigation. */
  browserStepMs: 15_000,
  /** One e2e test, unless it says otherwise. */
  e2eTestMs: 120_000,
  /** A refused connection is really refused: how long a probe tries before it counts as refused. */
  connectMs: 2_000,
} as const;

export type TimeoutName = keyof typeof defaults;

/** The environment variable that overrides an entry: `podReadyMs` is `TIMEOUT_POD_READY_MS`. */
export function variableOf(name: TimeoutName): string {
  return `TIMEOUT_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Reads the table with what the environment overrides. Throws on a value that is not a positive number. */
export function readTimeouts(env: Readonly<NodeJS.ProcessEnv>): Record<TimeoutName, number> {
  const factor = positive('TIMEOUT_FACTOR', env.TIMEOUT_FACTOR) ?? 1;
  const names = Object.keys(defaults) as TimeoutName[];
  const entries = names.map((name): [TimeoutName, number] => {
    const variable = variableOf(name);
    return [name, positive(variable, env[variable]) ?? defaults[name] * factor];
  });
  return Object.fromEntries(entries) as Record<TimeoutName, number>;
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${name}: ${text} is not a positive number`);
  return value;
}

export const timeouts: Readonly<Record<TimeoutName, number>> = readTimeouts(process.env);
