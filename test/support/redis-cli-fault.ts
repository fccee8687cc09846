// A fault between the image's commands and redis-cli: a program of that name that writes down what is asked, and then does
// what the fault says, or asks the real one.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface RedisCliFault {
  /** What was asked so far, a line each: the address first, the command last. */
  asked(): Promise<string>;
  /** Whatever is started before `work` ends has the fault in its way, as long as it lives. */
  inTheWayOf<T>(work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

/** @param fault in bash, where `$asked` is the line of this question, and `$log` the file of all until now. */
export async function redisCliFault(fault: string): Promise<RedisCliFault> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-cli-'));
  const log = join(folder, 'asked');
  const program = join(folder, 'redis-cli');
  await writeFile(log, '');
  await writeFile(program, interposed(log, fault));
  await chmod(program, 0o755);
  return {
    asked: () => readFile(log, 'utf8'),
    inTheWayOf: async (work) => {
      const path = process.env.PATH ?? '';
      process.env.PATH = `${folder}${delimiter}${path}`;
      try {
        return await work();
      } finally {
        process.env.PATH = path;
      }
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Without a command on its command line, it is asked by standard input. */
const interposed = (log: string, fault: string): string => `#!/bin/bash
PATH=\${PATH#*:}
log=${log}
asked="$*"
asked=\${asked#*-h }
input=
if [[ $asked =~ -p\\ [0-9]+$ ]]; then
  input=$(cat)
  asked+=" $input"
fi
printf '%s\\n' "$asked" >>"$log"
${fault}
if [ -n "$input" ]; then redis-cli "$@" <<<"$input"; else redis-cli "$@"; fi
`;
