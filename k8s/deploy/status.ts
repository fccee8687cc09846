// `make status`: one screen that says who is primary and master, what is ready, in which zone, and whether the shop
// answers.
import { ask, publicUrl } from './address.ts';
import { readSettings } from './settings.ts';
import { statusLines } from './status-lines.ts';
import { getList, kubectl, mayExist, targetOf } from './target.ts';
import type { KubeObject, Target } from './target.ts';

async function nodes(target: Target): Promise<KubeObject[]> {
  const output = await kubectl(target, ['get', 'nodes', '-o', 'json', '--request-timeout=10s']);
  return (JSON.parse(output) as { items: KubeObject[] }).items;
}

async function shop(target: Target): Promise<string> {
  const url = await publicUrl(target);
  const answer = await ask(url);
  return `${url}  ${answer ? `answers ${answer.status} in ${answer.elapsedMs} ms` : 'does not answer'}`;
}

async function status(): Promise<string> {
  const target = targetOf(readSettings(process.env));
  if (!mayExist(target)) throw new Error('there is no cluster yet: run make deploy');
  const [cluster, objects, address] = await Promise.all([
    nodes(target),
    getList(target, 'pods,postgressets,redissets,deployments,horizontalpodautoscalers'),
    shop(target).catch((error: unknown) => (error as Error).message),
  ]);
  return [`shop      ${address}`, ...statusLines(objects, cluster)].join('\n');
}

try {
  process.stdout.write(`${await status()}\n`);
} catch (error) {
  process.stderr.write(`status: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
