// The nodes of a local Redis set as processes, started by the programs of the image.
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startProcess } from '../../app/dev/processes.ts';
import type { LocalProcess } from '../../app/dev/processes.ts';
import type { RedisSet } from './redis-set.ts';

const images = resolve(import.meta.dirname, '../../k8s/images/redis/bin');

export interface Layout {
  readonly members: readonly string[];
  readonly sentinels: readonly string[];
  readonly addresses: ReadonlyMap<string, string>;
}

type Control = 'stop' | 'ended' | 'kill' | 'freeze' | 'thaw' | 'dataOf' | 'wipe' | 'run';

interface NodeProcesses {
  readonly control: Pick<RedisSet, Control>;
  readonly start: (name: string) => Promise<LocalProcess>;
  readonly stopAll: () => Promise<void>;
}

/** The nodes as processes, with the image's own programs. */
export function nodeProcesses(
  folder: string,
  nodes: Layout,
  environment: (name: string) => Record<string, string>,
): NodeProcesses {
  const processes = new Map<string, LocalProcess>();
  const process = (name: string): LocalProcess => processes.get(name) ?? neverStarted(name);
  return {
    start: async (name) => {
      await mkdir(join(folder, name, 'data'), { recursive: true });
      const command = join(images, nodes.members.includes(name) ? 'redis-node' : 'sentinel-node');
      // A file that may not grow is then an error of its write, as on a full disk, and not the server's end.
      const args = ['-c', `trap '' XFSZ; exec "$0"`, command];
      const started = await startProcess({ name, command: 'bash', args, env: environment(name) });
      processes.set(name, started);
      return started;
    },
    stopAll: async () => {
      await Promise.all([...processes.values()].map((started) => started.stop()));
    },
    control: {
      stop: (name) => process(name).stop(),
      ended: async (name) => {
        await process(name).exited;
      },
      kill: async (name) => {
        process(name).signal('SIGKILL');
        await process(name).exited;
      },
      freeze: (name) => process(name).signal('SIGSTOP'),
      thaw: (name) => process(name).signal('SIGCONT'),
      dataOf: (name) => join(folder, name, 'data'),
      wipe: (name) => rm(join(folder, name), { recursive: true, force: true }),
      run: async (name, command, args = []) => {
        const env = environment(name);
        return (await startProcess({ name: command, command: join(images, command), args, env })).exited;
      },
    },
  };
}

function neverStarted(name: string): never {
  throw new Error(`${name} was never started`);
}
