// The controller of PostgresSets: watches the resources and their pods, reads the agents' token and whom to trust, and
// keeps one keeper per set.
import type { KubeObject } from '../runtime/api.ts';
import { startInformer } from '../runtime/informer.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Controller, ControllerContext, ControllerFactory } from '../runtime/controller.ts';
import { collectionPath, PODS, STATEFUL_SETS } from '../runtime/paths.ts';
import { createSecretReader } from '../runtime/secret-reader.ts';
import { startStallWatch } from '../runtime/stall-watch.ts';
import type { PodObject } from './keeper-options.ts';
import { createPostgresMetrics } from './postgres-metrics.ts';
import { podNames, POSTGRES_SETS } from './resource.ts';
import type { PostgresSet } from './resource.ts';
import { createSetKeeper } from './set-keeper.ts';
import type { SetKeeper } from './set-keeper.ts';

interface StatefulSetObject extends KubeObject {
  readonly status?: { readonly updateRevision?: string };
}

function startRevisions({ api, clock, log, namespace }: ControllerContext): Informer<StatefulSetObject> {
  const path = collectionPath(STATEFUL_SETS, namespace);
  return startInformer<StatefulSetObject>({ api, clock, log, path, onChange: () => undefined });
}

export const postgresController: ControllerFactory = (context) => {
  const { api, clock, log, namespace, enqueue } = context;
  const stalls = startStallWatch(clock);
  const keepers = new Map<string, SetKeeper>();
  const secrets = createSecretReader(context, () => keys().forEach(wake));
  const metrics = createPostgresMetrics(context.metrics.registry);
  const wake = (name: string): void => {
    keeperOf(name).aim();
    enqueue(name);
  };
  const path = collectionPath(POSTGRES_SETS, namespace);
  const sets = startInformer<PostgresSet>({ api, clock, log, path, onChange: (name) => wake(name) });
  const ofPod = (pod: string) => sets.list().filter((set) => podNames(set).includes(pod));
  const onPod = (pod: string): void => ofPod(pod).forEach(({ metadata }) => wake(metadata.name));
  const pods = startInformer<PodObject>({
    ...{ api, clock, log, path: collectionPath(PODS, namespace), onChange: onPod },
  });
  const revisions = startRevisions(context);
  const revision = (name: string) => revisions.get(name)?.status?.updateRevision;
  const keeperOf = (name: string): SetKeeper => {
    const read = () => sets.get(name);
    const pod = (podName: string) => pods.get(podName);
    const keeper =
      keepers.get(name) ?? createSetKeeper({ context, name, metrics, read, pod, secrets, stalls, revision });
    keepers.set(name, keeper);
    return keeper;
  };
  const keys = () => sets.list().map(({ metadata }) => metadata.name);
  return {
    ...{ name: 'PostgresSet', keys },
    reconcile: (name) => keeperOf(name).reconcile(),
    synced: () => sets.synced() && pods.synced(),
    busy: () => [...keepers.values()].some((keeper) => keeper.busy()),
    stop: () => {
      for (const part of [sets, pods, revisions, secrets, stalls, ...keepers.values()]) part.stop();
    },
  } satisfies Controller;
};
