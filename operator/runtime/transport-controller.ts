// Takes a set from plain connections to TLS. Members of one transport cannot follow, vote with or watch those of the
// other, so such a change is not rolled out one by one: as soon as a StatefulSet's template asks for TLS and its
// certificate is there, all pods that still speak plainly are replaced together. Their volumes stay.
import { isNotFound } from './api.ts';
import type { KubeObject } from './api.ts';
import type { Controller, ControllerContext, ControllerFactory } from './controller.ts';
import { startInformer } from './informer.ts';
import { collectionPath, objectPath, PODS, SECRETS, STATEFUL_SETS } from './paths.ts';
import { TLS_ANNOTATION, tlsSecretOf } from './transport.ts';

export interface StatefulSetObject extends KubeObject {
  readonly spec?: { readonly template?: { readonly metadata?: Partial<KubeObject['metadata']> } };
  readonly status?: { readonly observedGeneration?: number };
}

const LOOK_AGAIN_MS = 2000;

/** The pods of `set` that must go because its newest template speaks TLS and they do not. */
export function plainPodsOf(set: StatefulSetObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  const wanted = set.spec?.template?.metadata?.annotations?.[TLS_ANNOTATION];
  // A status that has not caught up with the spec would bring the pods back from the template before.
  if (wanted === undefined || set.status?.observedGeneration !== set.metadata.generation) return [];
  const pattern = new RegExp(`^${set.metadata.name}-\\d+$`);
  return pods.filter(
    (pod) =>
      pattern.test(pod.metadata.name) &&
      pod.metadata.deletionTimestamp === undefined &&
      tlsSecretOf(pod) === null,
  );
}

export const transportController: ControllerFactory = (context): Controller => {
  const { api, clock, log, namespace, enqueue } = context;
  const common = { api, clock, log };
  const sets = startInformer<StatefulSetObject>({
    ...common,
    path: collectionPath(STATEFUL_SETS, namespace),
    onChange: (name) => enqueue(name),
  });
  const pods = startInformer<KubeObject>({
    ...common,
    path: collectionPath(PODS, namespace),
    onChange: () => undefined,
  });
  return {
    name: 'Transport',
    keys: () => sets.list().map(({ metadata }) => metadata.name),
    synced: () => sets.synced() && pods.synced(),
    stop: () => {
      sets.stop();
      pods.stop();
    },
    reconcile: async (name) => {
      const set = sets.get(name);
      const plain = set ? plainPodsOf(set, pods.list()) : [];
      if (!set || plain.length === 0) return { afterMs: LOOK_AGAIN_MS };
      const secret = set.spec?.template?.metadata?.annotations?.[TLS_ANNOTATION] ?? '';
      if (!(await hasCertificate(context, secret))) return { afterMs: LOOK_AGAIN_MS };
      await Promise.all(plain.map((pod) => replace(context, set, pod)));
      return { afterMs: LOOK_AGAIN_MS };
    },
  };
};

/** The new pods cannot start without it. */
async function hasCertificate({ api, namespace }: ControllerContext, secret: string): Promise<boolean> {
  const path = objectPath(SECRETS, namespace, secret);
  try {
    const { data } = await api.request<{ data?: Readonly<Record<string, string>> }>('GET', path);
    return (data?.['tls.crt'] ?? '') !== '';
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function replace(
  { api, namespace, events, log, isLeader }: ControllerContext,
  set: StatefulSetObject,
  { metadata }: KubeObject,
): Promise<void> {
  if (!isLeader()) return;
  const note = `${metadata.name} speaks plainly and its StatefulSet TLS: all such pods are replaced together`;
  events.record(set, { type: 'Normal', reason: 'TransportChanged', action: 'Replace', note });
  log.info({ pod: metadata.name }, 'replaced for TLS');
  // By uid: a pod that was replaced meanwhile speaks TLS already.
  const body = { preconditions: { uid: metadata.uid } };
  await api
    .request('DELETE', objectPath(PODS, namespace, metadata.name), { body })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
}
