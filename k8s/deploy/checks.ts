// What a finished deployment looks like, as a list of checks over one snapshot of the namespace: pure, in the order
// in which the parts can become ready.
import { condition } from './target.ts';
import type { KubeObject } from './target.ts';

export type Snapshot = readonly KubeObject[];

export interface Verdict {
  readonly state: 'waiting' | 'done' | 'failed';
  /** One line: what is there, or what is missing. */
  readonly says: string;
}

export interface Check {
  readonly name: string;
  readonly look: (snapshot: Snapshot) => Verdict;
}

/** @param since when this deployment began: what a Deployment said of one before is no reason to give up. */
export function checks(appTag: string, since: Date): readonly Check[] {
  return [
    { name: 'operator', look: (snapshot) => rollout(snapshot, 'operator', since) },
    { name: 'postgres', look: (snapshot) => readySet(snapshot, 'PostgresSet', 'pg', 'primary') },
    { name: 'redis', look: (snapshot) => readySet(snapshot, 'RedisSet', 'redis', 'master') },
    { name: 'migrate', look: (snapshot) => migration(snapshot, appTag) },
    { name: 'app', look: (snapshot) => rollout(snapshot, 'app', since) },
  ];
}

/** Members of stateful sets that still run the template before: under OnDelete nothing but a deletion replaces them. */
export function outdatedMembers(snapshot: Snapshot): string[] {
  const revisions = new Map(
    snapshot
      .filter(({ kind }) => kind === 'StatefulSet')
      .map(({ metadata, status }) => [metadata.name, status?.updateRevision]),
  );
  return snapshot
    .filter(({ kind, metadata }) => {
      const wanted = revisions.get(metadata.name.replace(/-\d+$/, ''));
      return (
        kind === 'Pod' && wanted !== undefined && metadata.labels?.['controller-revision-hash'] !== wanted
      );
    })
    .map(({ metadata }) => metadata.name);
}

function find(snapshot: Snapshot, kind: string, name: string): KubeObject | undefined {
  return snapshot.find((object) => object.kind === kind && object.metadata.name === name);
}

function readySet(snapshot: Snapshot, kind: string, name: string, leader: string): Verdict {
  const object = find(snapshot, kind, name);
  if (!object?.status) return { state: 'waiting', says: 'no status yet' };
  const ready = condition(object, 'Ready');
  if (ready?.status === 'True' && isCurrent(object)) {
    return { state: 'done', says: `${leader} ${text(object.status[leader])}` };
  }
  return { state: 'waiting', says: ready?.message ?? 'not ready' };
}

function rollout(snapshot: Snapshot, name: string, since: Date): Verdict {
  const object = find(snapshot, 'Deployment', name);
  if (!object) return { state: 'waiting', says: 'no Deployment yet' };
  if (gaveUp(object, since)) {
    return { state: 'failed', says: 'the new pods do not become ready' };
  }
  const wanted = Math.max(number(object.spec.replicas), leastPods(snapshot, name));
  const available = number(object.status?.availableReplicas);
  const state = available >= wanted && isRolledOut(object, wanted) ? 'done' : 'waiting';
  return { state, says: `${available} of ${wanted} pods` };
}

/** Kubernetes keeps saying so until a new pod is ready, also when what held it up was mended a moment ago. */
function gaveUp(object: KubeObject, since: Date): boolean {
  const progress = condition(object, 'Progressing');
  if (progress?.reason !== 'ProgressDeadlineExceeded') return false;
  if (!isCurrent(object)) return false;
  return Date.parse(progress.lastUpdateTime ?? '') >= since.getTime();
}

/** Whether its status is about what is asked for now. */
function isCurrent({ metadata, status }: KubeObject): boolean {
  return status?.observedGeneration === metadata.generation;
}

function leastPods(snapshot: Snapshot, name: string): number {
  return number(find(snapshot, 'HorizontalPodAutoscaler', name)?.spec.minReplicas);
}

/** No pod of an older template is left, and the numbers are about the current template. */
function isRolledOut(object: KubeObject, wanted: number): boolean {
  if (!isCurrent(object)) return false;
  const { status = {} } = object;
  return (
    number(status.updatedReplicas) >= wanted && number(status.replicas) === number(status.updatedReplicas)
  );
}

function migration(snapshot: Snapshot, tag: string): Verdict {
  const job = snapshot.find(
    ({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith(`app-migrate-${tag}-`),
  );
  if (condition(job, 'Complete')?.status === 'True') return { state: 'done', says: 'schema and seed data' };
  const failed = condition(job, 'Failed');
  if (failed?.status === 'True') return { state: 'failed', says: failed.message ?? 'the Job gave up' };
  return { state: 'waiting', says: job ? 'the Job has not finished' : 'no Job yet' };
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}
