// Real TCP connections from inside pods, many at once: what a network policy allows is what connects.
import { execIn } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** `open`: connected. `closed`: somebody answered that nothing listens. `silent`: no answer, as a policy leaves it. */
export type Outcome = 'open' | 'closed' | 'silent';

/** Opens all connections from one pod at the same time; needs bash in its image and nothing else. */
export async function connectFrom(
  pod: string,
  targets: readonly Target[],
  options: { readonly namespace?: string } = {},
): Promise<Outcome[]> {
  const seconds = timeouts.connectMs / 1000;
  const tries = targets.map(
    ({ host, port }, index) =>
      `(timeout ${seconds} bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null; echo "${index} $?") &`,
  );
  const output = await execIn(pod, ['bash', '-c', `${tries.join('\n')}\nwait`], options);
  const codes = new Map(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number) as [number, number]),
  );
  return targets.map((_, index) => outcomeOf(codes.get(index)));
}

/** `timeout` ends with 124; bash with 1 when the connection was refused. */
function outcomeOf(code: number | undefined): Outcome {
  if (code === 0) return 'open';
  return code === 124 ? 'silent' : 'closed';
}
