// The text of `make status` from plain objects: one line per tier, one per pod.
import { zoneLabel } from '../lib/spread.ts';
import { condition } from './target.ts';
import type { KubeObject } from './target.ts';

const tiers = ['pg', 'pg-read', 'redis', 'sentinel', 'app', 'operator'];

export function statusLines(objects: readonly KubeObject[], nodes: readonly KubeObject[]): string[] {
  const zones = new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels?.[zoneLabel] ?? '?']));
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return [
    `postgres  ${setLine(objects, 'PostgresSet', ['primary', 'term', 'sync'])}`,
    `redis     ${setLine(objects, 'RedisSet', ['master', 'epoch'])}`,
    `app       ${scaleLine(objects)}`,
    '',
    ...table([
      ['POD', 'ZONE', 'NODE', 'READY', 'ROLE', 'RESTARTS'],
      ...tiers.flatMap((tier) => rowsOf(pods, tier, zones, leaders(objects))),
    ]),
  ];
}

function setLine(objects: readonly KubeObject[], kind: string, fields: readonly string[]): string {
  const set = objects.find((object) => object.kind === kind);
  if (!set?.status) return 'no status yet';
  const ready = condition(set, 'Ready');
  const facts = fields.filter((field) => set.status?.[field] !== undefined);
  return [
    typeof set.status.phase === 'string' ? set.status.phase : '',
    ...facts.map((field) => `${field} ${String(set.status?.[field])}`),
    ...(ready?.status === 'True' ? [] : [`not ready: ${ready?.message ?? '?'}`]),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function scaleLine(objects: readonly KubeObject[]): string {
  const app = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'app');
  const scaler = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const { availableReplicas = 0, replicas = 0 } = (app?.status ?? {}) as Record<string, number>;
  const { minReplicas = '?', maxReplicas = '?' } = (scaler?.spec ?? {}) as Record<string, string | number>;
  return `${availableReplicas} of ${replicas} pods, ${minReplicas} to ${maxReplicas} by CPU`;
}

/** Pod name → what it is the leader of. */
function leaders(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const named = objects.flatMap(({ status }) =>
    ['primary', 'master'].map((role): [unknown, string] => [status?.[role], role]),
  );
  return new Map(named.filter((pair): pair is [string, string] => typeof pair[0] === 'string'));
}

function rowsOf(
  pods: readonly KubeObject[],
  tier: string,
  zones: ReadonlyMap<string, string>,
  leading: ReadonlyMap<string, string>,
): string[][] {
  return pods
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === tier)
    .filter(({ status }) => status?.phase !== 'Succeeded')
    .map((pod) => {
      const node = typeof pod.spec.nodeName === 'string' ? pod.spec.nodeName : '-';
      const role = leading.get(pod.metadata.name) ?? '';
      return [pod.metadata.name, zones.get(node) ?? '-', node, readiness(pod), role, String(restarts(pod))];
    });
}

function readiness(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'ending';
  return condition(pod, 'Ready')?.status === 'True' ? 'yes' : 'no';
}

function restarts({ status }: KubeObject): number {
  const containers = (status?.containerStatuses ?? []) as readonly { restartCount: number }[];
  return containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
