// Where the shop answers, as the running app was told, and whether it does.
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from './target.ts';
import type { Target } from './target.ts';

const requestMs = 3000;
const pollMs = 500;

export async function publicUrl(target: Target): Promise<string> {
  const path = '{.spec.template.spec.containers[0].env[?(@.name=="SHOP_PUBLIC_URL")].value}';
  const url = await kubectl(target, [
    'get',
    'deployment',
    'app',
    '-n',
    target.namespace,
    '-o',
    `jsonpath=${path}`,
  ]);
  if (url === '') throw new Error(`deployment/app in ${target.namespace} names no SHOP_PUBLIC_URL`);
  return url;
}

export interface Answer {
  readonly status: number;
  readonly elapsedMs: number;
}

/** Undefined: no answer at all. */
export async function ask(url: string): Promise<Answer | undefined> {
  const start = performance.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestMs), redirect: 'follow' });
    await response.body?.cancel();
    return { status: response.status, elapsedMs: Math.round(performance.now() - start) };
  } catch {
    return undefined;
  }
}

/** Until the first page comes with 200 through the load balancer. */
export async function waitForPage(url: string, deadlineMs: number): Promise<Answer> {
  const until = performance.now() + deadlineMs;
  let last: Answer | undefined;
  while (performance.now() < until) {
    last = await ask(url);
    if (last?.status === 200) return last;
    await sleep(pollMs);
  }
  const said = last === undefined ? 'does not answer' : `answers ${last.status}`;
  throw new Error(
    `${url} ${said} after ${deadlineMs / 1000} s, although every pod is ready: look at the ingress`,
  );
}
