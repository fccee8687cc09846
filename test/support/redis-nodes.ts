// The Redis and Sentinel processes of the cluster, asked and disturbed one by one, from inside their own pods and by
// the image's own commands (which know addresses, users and passwords).
import { eventually } from './eventually.ts';
import { execIn } from './kubectl.ts';
import { redisMembers, sentinels } from './redis-cluster.ts';

/** Runs a line of bash beside the image's functions: `cli operator "$(address_of redis-1)" 6379 dbsize`. */
function inImage(pod: string, script: string): Promise<string> {
  return execIn(pod, ['bash', '-c', `. redis-lib.sh; ${script}`]);
}

/** The image's variable with the port of that pod's server. */
const portOf = (pod: string): string => (pod.startsWith('sentinel') ? '$SENTINEL_PORT' : '$REDIS_PORT');

/** One command to the Redis or Sentinel of that pod, by the operator's own user. */
export async function tellRedis(pod: string, ...command: readonly string[]): Promise<string> {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  return (await inImage(pod, `cli operator 127.0.0.1 "${portOf(pod)}" ${quoted}`)).trim();
}

/** Whether the server in that pod knows this password of the user. */
export async function letsIn(pod: string, user: string, password: string): Promise<boolean> {
  const ask = `redis-cli "\${tls_options[@]}" -h "$LOCAL_HOST" -p "${portOf(pod)}" --no-raw`;
  const answer = await inImage(pod, `echo 'auth ${user} ${password}' | ${ask} 2>&1`);
  return answer.trim() === 'OK';
}

/** Sends a signal to the server in that pod; its container, and what started it, stay. */
export async function signalRedis(pod: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  const name = pod.startsWith('sentinel') ? 'redis-sentinel' : 'redis-server';
  // Neither pidof nor pkill is in the image; the first word of a command line is the program.
  const find = `for p in /proc/[0-9]*; do [[ $(tr '\\0' ' ' <$p/cmdline) == ${name}\\ * ]] && echo \${p#/proc/}; done 2>/dev/null | head -n 1`;
  await execIn(pod, ['bash', '-c', `kill -${signal} "$(${find})"`]);
}

/** Kills the server in that pod, and its data goes with it. */
export async function loseData(pod: string): Promise<void> {
  await execIn(pod, ['sh', '-c', 'rm -rf /data/appendonlydir']);
  await signalRedis(pod, 'KILL');
}

/** The address that a pod's Service has: the one it is known by to all others. */
export async function addressOf(pod: string): Promise<string> {
  return (await inImage(redisMembers[0], `address_of ${pod}`)).trim();
}

/** Number of keys, by member. */
export async function keysOf(): Promise<ReadonlyMap<string, number>> {
  const ask = `for m in ${redisMembers.join(' ')}; do echo "$m $(cli operator "$(address_of $m)" "$REDIS_PORT" dbsize)"; done`;
  const lines = (await inImage(redisMembers[0], ask)).trim().split('\n');
  return new Map(
    lines.map((line): [string, number] => {
      const [member = '', keys = ''] = line.split(' ');
      return [member, Number(keys)];
    }),
  );
}

/** Milliseconds until every Sentinel names one master, which is one, and whom all others follow in sync. */
export async function untilOneMaster(withinMs: number): Promise<number> {
  const start = performance.now();
  const asked = [
    `for s in ${sentinels.join(' ')}; do echo "sentinel $s $(ask_sentinel $s)"; done`,
    `for m in ${redisMembers.join(' ')}; do a=$(address_of $m); echo "member $a $(cli operator $a "$REDIS_PORT" info replication | tr -d '\\r' | awk -F: '/^(role|master_host|master_link_status):/ { printf "%s ", $2 }')"; done`,
  ].join('; ');
  await eventually(async () => checkOneMaster(await inImage(redisMembers[0], asked)), {
    withinMs,
    everyMs: 100,
  });
  return performance.now() - start;
}

function checkOneMaster(answers: string): void {
  const lines = answers
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const named = new Set(lines.filter(([kind]) => kind === 'sentinel').map(([, , address]) => address));
  const [master] = named;
  if (named.size !== 1 || master === undefined) throw new Error(`the Sentinels disagree:\n${answers}`);
  for (const [kind, address, ...state] of lines) {
    if (kind !== 'member') continue;
    const wanted = address === master ? 'master' : `slave ${master} up`;
    if (state.join(' ') !== wanted) throw new Error(`${address ?? ''} is no "${wanted}":\n${answers}`);
  }
}
