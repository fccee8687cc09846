// A real DynamoDB Local for one test file, in memory: its jars are fetched once from Maven Central into .cache, a Java
// runtime and Maven are Debian's. What cannot be had fails the test with a line that says how to get it.
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensurePrograms } from '../../app/dev/packages.ts';
import { startProcess } from '../../app/dev/processes.ts';
import type { LocalProcess } from '../../app/dev/processes.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { programs } from './programs.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);
const pom = resolve(import.meta.dirname, 'dynamodb-local/pom.xml');
const cache = resolve(import.meta.dirname, '../../.cache');

export interface TestDynamo {
  /** For a process of the shop: where its table is, and credentials that are none. */
  readonly env: Readonly<Record<string, string>>;
  /** For faults: `server.signal('SIGSTOP')`. */
  readonly server: LocalProcess;
  close: () => Promise<void>;
}

/** The folder of the jars, fetched when it is not there yet; safe when several test files ask at once. */
async function jars(): Promise<string> {
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(cache, `dynamodb-local-${version}`);
  if (existsSync(folder)) return folder;
  const unfinished = join(cache, `dynamodb-local-${randomUUID()}`);
  mkdirSync(cache, { recursive: true });
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
  try {
    await run('mvn', args, { timeout: timeouts.dynamoReadyMs / 2 });
    renameSync(unfinished, folder);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    const how = `mvn ${args.join(' ').replace(unfinished, folder)}`;
    throw new Error(`DynamoDB Local cannot be fetched from Maven Central; try by hand: ${how}`, { cause });
  }
  return folder;
}

/** Starts it and resolves when it answers. The table is the caller's to create. */
export async function startDynamo(): Promise<TestDynamo> {
  await ensurePrograms([programs.java, programs.maven], () => undefined);
  const folder = await jars();
  const port = await freePort();
  const server = await startProcess({
    name: 'dynamodb-local',
    command: 'java',
    args: [
      '-Xmx192m',
      `-Djava.library.path=${folder}`,
      '-cp',
      join(folder, '*'),
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-inMemory',
      // Tests tell nobody that they run.
      '-disableTelemetry',
      '-port',
      String(port),
    ],
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await eventually(() => fetch(endpoint, { signal: AbortSignal.timeout(1_000) }), {
      withinMs: timeouts.dynamoReadyMs / 4,
    });
  } catch (cause) {
    await server.stop();
    throw new Error(`dynamodb-local: start: ${server.tail()}`, { cause });
  }
  const env = { SHOP_DYNAMODB_ENDPOINT: endpoint, SHOP_DYNAMODB_REGION: 'eu-central-1' };
  const giveBack = borrowCredentials();
  return {
    env,
    server,
    close: async () => {
      giveBack();
      await server.stop();
    },
  };
}

/** DynamoDB Local believes any credentials, but the SDK wants some; the shop's own come from its environment. */
function borrowCredentials(): () => void {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  return () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  };
}
