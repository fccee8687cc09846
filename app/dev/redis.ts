// The developer's Redis: a master, a replica (so that the shop can wait for a copy of every cart) and a Sentinel,
// on free loopback ports, with their data kept in a folder between runs.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptSecret } from './kept-secret.ts';
import { freePort } from './ports.ts';
import { startServer } from './processes.ts';
import type { LocalProcess } from './processes.ts';

export interface DevRedis {
  /** The app's environment for it. */
  readonly env: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}

const master = 'main';
const readyTimeoutMs = 20_000;

/** Starts the three processes. Throws with their last lines when one does not come up; none is left then. */
export async function startRedis(folder: string): Promise<DevRedis> {
  const password = keptSecret(join(folder, 'secrets'), 'redis-app');
  const [masterPort, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()];
  const running: LocalProcess[] = [];
  const start = async (
    name: string,
    readyLine: string,
    config: string[],
    flags: string[] = [],
  ): Promise<void> => {
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    const file = join(home, 'redis.conf');
    // Written anew at every start: Sentinel adds to its own what was true at other ports.
    await writeFile(file, [...common(home, password.value), ...config, ''].join('\n'), { mode: 0o600 });
    running.push(
      await startServer({
        ...{ name, command: 'redis-server', args: [file, ...flags], readyLine, readyTimeoutMs },
        // Asked politely, and once, it stays: it ignores SIGTERM while it writes its first AOF.
        deathSignal: 'SIGKILL',
      }),
    );
  };
  const stop = async (): Promise<void> => {
    for (const server of running.reverse()) await server.stop();
  };
  try {
    await start('redis', 'Ready to accept connections', [...server(masterPort), 'min-replicas-to-write 1']);
    const follow = [`replicaof 127.0.0.1 ${masterPort}`, 'masteruser app', `masterauth ${password.value}`];
    await start('redis-replica', 'MASTER <-> REPLICA sync: Finished', [...server(replicaPort), ...follow]);
    await start('sentinel', '+monitor master', sentinel(sentinelPort, masterPort, password.value), [
      '--sentinel',
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { env: environment(sentinelPort, password.file), stop };
}

function environment(sentinelPort: number, passwordFile: string): Record<string, string> {
  return {
    SHOP_REDIS_SENTINELS: `127.0.0.1:${sentinelPort}`,
    SHOP_REDIS_MASTER: master,
    SHOP_REDIS_USER: 'app',
    SHOP_REDIS_PASSWORD_FILE: passwordFile,
    SHOP_REDIS_SENTINEL_USER: 'app',
    SHOP_REDIS_SENTINEL_PASSWORD_FILE: passwordFile,
  };
}

function common(home: string, password: string): string[] {
  return [
    'bind 127.0.0.1',
    `dir ${home}`,
    // Other users of this machine reach loopback too.
    // Off, and yet with all rights: AOF loading runs as this user, and drops every MULTI that it may not run.
    'user default off resetpass ~* &* +@all',
    `user app on >${password} ~* &* +@all`,
  ];
}

function server(port: number): string[] {
  // A shutdown would wait ten seconds for the replica, which has gone before.
  return [`port ${port}`, 'appendonly yes', 'save ""', 'repl-diskless-sync-delay 0', 'shutdown-timeout 0'];
}

function sentinel(port: number, masterPort: number, password: string): string[] {
  return [
    `port ${port}`,
    `sentinel monitor ${master} 127.0.0.1 ${masterPort} 1`,
    `sentinel auth-user ${master} app`,
    `sentinel auth-pass ${master} ${password}`,
  ];
}
