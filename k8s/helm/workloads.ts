// The workloads that values can place and size, and where in them things are.
import type { ImageName } from '../lib/names.ts';

export interface Workload {
  readonly key: string;
  readonly object: string;
  readonly image: ImageName;
}

export const workloads: readonly Workload[] = [
  { key: 'app', object: 'Deployment/app', image: 'app' },
  { key: 'operator', object: 'Deployment/operator', image: 'operator' },
  { key: 'postgres', object: 'StatefulSet/pg', image: 'postgres' },
  { key: 'postgresReaders', object: 'StatefulSet/pg-read', image: 'postgres' },
  { key: 'redis', object: 'StatefulSet/redis', image: 'redis' },
  { key: 'sentinel', object: 'StatefulSet/sentinel', image: 'redis' },
];

export const job = 'Job/app-migrate';
export const pod = 'spec.template.spec';
export const container = `${pod}.containers.0`;

/** The value of one environment variable of a workload's container. */
export function environment(object: string, name: string): string {
  if (!workloads.some((workload) => workload.object === object)) throw new Error(`${object}: no workload`);
  return `${container}.env.[name=${name}].value`;
}
