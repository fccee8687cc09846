// The app as a child process that is started again whenever a file under app/ changes. Schema and seed data are
// brought up to date first when the change was theirs. An app that fails to start waits for the next change.
import { watch } from 'node:fs';
import { startProcess } from './processes.ts';
import type { LocalProcess } from './processes.ts';

export interface WatchedAppOptions {
  /** The folder that is watched, and that holds main.ts. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export interface WatchedApp {
  stop: () => Promise<void>;
}

/** Editors write a file in several steps, and a checkout changes many at once. */
const settleMs = 150;
const stopTimeoutMs = 10_000;

/** Migrates, seeds and starts the app. Throws when the schema or the seed data cannot be applied at first. */
export async function startWatchedApp(options: WatchedAppOptions): Promise<WatchedApp> {
  await runOnce(options, 'migrate');
  await runOnce(options, 'seed');
  let app = await serve(options);
  let stopped = false;
  let changed = new Set<string>();
  let restarting = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const restart = async (): Promise<void> => {
    if (stopped || changed.size === 0) return;
    const files = [...changed];
    changed = new Set();
    options.log(`dev: ${files[0] ?? ''} changed, starting the app again`);
    await app.stop();
    if (touches(files, 'migrations')) await runOnce(options, 'migrate');
    if (touches(files, 'seed')) await runOnce(options, 'seed');
    app = await serve(options);
  };
  const watcher = watch(options.folder, { recursive: true }, (_event, file) => {
    if (file === null || isOurs(file)) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = restarting.then(restart).catch((error: unknown) => options.log(`dev: ${String(error)}`));
    }, settleMs);
  });
  return {
    stop: async () => {
      stopped = true;
      watcher.close();
      clearTimeout(timer);
      await restarting;
      await app.stop();
    },
  };
}

const touches = (files: readonly string[], folder: string): boolean =>
  files.some((file) => file.startsWith(`${folder}/`));

/** Files the app does not run from: this runner, and what editors leave beside a file. */
const isOurs = (file: string): boolean => file.startsWith('dev/') || /(^|\/)\.|~$|\.swp$|\d{4}$/.test(file);

function serve(options: WatchedAppOptions): Promise<LocalProcess> {
  return startProcess({
    name: 'app',
    command: process.execPath,
    args: [`${options.folder}/main.ts`, 'serve'],
    env: options.env,
    stopTimeoutMs,
    onLine: options.log,
  });
}

async function runOnce(options: WatchedAppOptions, task: 'migrate' | 'seed'): Promise<void> {
  const child = await startProcess({
    name: task,
    command: process.execPath,
    args: [`${options.folder}/main.ts`, task],
    env: options.env,
    onLine: options.log,
  });
  const code = await child.exited;
  if (code !== 0) throw new Error(`${task}: ended with ${String(code)}\n${child.tail()}`);
}
