// The RedisSet controller: finds the set's addresses and passwords in the cluster, runs one pass, and writes down
// what it saw. Decisions are in decide.ts, conversations with Redis in links.ts.
import type { ConnectionOptions } from 'node:tls';
import type { KubeObject } from '../runtime/api.ts';
import { mergePatch } from '../runtime/apply.ts';
import type { Controller, ControllerContext, ControllerFactory } from '../runtime/controller.ts';
import { startInformer } from '../runtime/informer.ts';
import type { Informer } from '../runtime/informer.ts';
import { collectionPath, objectPath, SERVICES } from '../runtime/paths.ts';
import type { Result } from '../runtime/queue.ts';
import { createSecretReader } from '../runtime/secret-reader.ts';
import type { SecretReader } from '../runtime/secret-reader.ts';
import { trustFor } from '../runtime/transport.ts';
import { announce } from './announce.ts';
import { createHistory } from './history.ts';
import type { History } from './history.ts';
import { openLinks } from './links.ts';
import type { Links } from './links.ts';
import { rememberPasswords, wordsOf } from './passwords.ts';
import { createRotation } from './rotation.ts';
import type { Rotation } from './rotation.ts';
import { createRedisMetrics } from './metrics.ts';
import type { RedisMetrics } from './metrics.ts';
import type { NodeAddress } from './model.ts';
import { createPasses } from './pass.ts';
import type { PassResult, Passes } from './pass.ts';
import { watchPods } from './pods.ts';
import type { Pods } from './pods.ts';
import { REDIS_SETS } from './resource.ts';
import type { RedisSetObject } from './resource.ts';
import { differs, statusOf } from './status.ts';
import type { RedisSetStatus } from './status.ts';
import type { ActionContext } from './tell.ts';
import { createWish } from './wish.ts';
import type { Wish } from './wish.ts';

interface ServiceObject extends KubeObject {
  readonly spec?: { readonly clusterIP?: string };
}

/** What lives as long as this process leads, per set. */
interface Local {
  /** Of the object, whose name another may have after it. */
  readonly uid: string | undefined;
  readonly passes: Passes;
  readonly links: Links;
  readonly history: History;
  readonly rotation: Rotation;
  readonly wish: Wish;
  /** The operator's own passwords, newest first, also those that were replaced: a node may know no other yet. */
  passwords: readonly string[];
  /** A member the rollout wants as master, to replace the present one. */
  rolloutTo: string | undefined;
  /** Our own last write: the informer's copy may still be older. */
  status: Partial<RedisSetStatus>;
}

const waitingMs = 500;
/** The first reading of the Secrets takes one request to the API server. */
const readingMs = 50;

export const redisController: ControllerFactory = redisControllerWith(openLinks);

/** @param open how its connections are opened; a test has no nodes to speak to. */
export function redisControllerWith(open: typeof openLinks): ControllerFactory {
  return (context) => new RedisController(context, open);
}

class RedisController implements Controller {
  readonly name = 'RedisSet';
  readonly #context: ControllerContext;
  readonly #open: typeof openLinks;
  readonly #sets: Informer<RedisSetObject>;
  readonly #services: Informer<ServiceObject>;
  readonly #pods: Pods;
  readonly #secrets: SecretReader;
  readonly #metrics: RedisMetrics;
  readonly #local = new Map<string, Local>();

  constructor(context: ControllerContext, open: typeof openLinks) {
    const { api, clock, log, namespace } = context;
    const common = { api, clock, log };
    this.#context = context;
    this.#open = open;
    this.#metrics = createRedisMetrics(context.metrics.registry);
    this.#pods = watchPods(context);
    this.#secrets = createSecretReader(context, () => {
      for (const name of this.keys()) context.enqueue(name);
    });
    this.#sets = startInformer({
      ...common,
      path: collectionPath(REDIS_SETS, namespace),
      onChange: (name) => context.enqueue(name),
    });
    this.#services = startInformer({
      ...common,
      path: collectionPath(SERVICES, namespace),
      onChange: () => undefined,
    });
  }

  keys(): readonly string[] {
    return this.#sets.list().map(({ metadata }) => metadata.name);
  }

  synced(): boolean {
    return this.#sets.synced() && this.#services.synced() && this.#pods.synced();
  }

  stop(): void {
    this.#sets.stop();
    this.#services.stop();
    this.#pods.stop();
    this.#secrets.stop();
    for (const { links } of this.#local.values()) links.close();
  }

  async reconcile(name: string): Promise<Result> {
    const set = this.#setOf(name);
    if (set === undefined) return {};
    // A pod that nobody has listed yet would be spoken to plainly, and be told the password.
    if (!this.synced() || !this.#canSpeak(set)) return { afterMs: readingMs };
    const local = this.#localOf(name, set);
    const members = this.#addresses(set.spec.statefulSet, set.spec.members);
    const sentinels = this.#addresses(set.spec.sentinelStatefulSet, set.spec.sentinels);
    if (members === undefined || sentinels === undefined || this.#password(set, 'operator') === '') {
      await this.#write(set, local, {
        ...local.status,
        phase: 'Pending',
        message: 'Services or passwords are missing',
      });
      return { afterMs: waitingMs };
    }
    const action = this.#actionContext(set, local, members, sentinels);
    const switchTo = local.wish.target(set.spec.switchover, local.status.switchoverId) ?? local.rolloutTo;
    const remembered = { term: local.status.term ?? 0, switchTo };
    const mayAct = (): boolean => this.#context.isLeader();
    const rotating = local.rotation.turn(action, (key) => this.#text(set, key), mayAct);
    const result = await local.passes.run(action, remembered, mayAct);
    await this.#report(set, local, result, rotating);
    local.rolloutTo = await this.#pods.roll(set, set.spec, result.verdict);
    await this.#pods.release(set, set.spec, result);
    return { afterMs: result.afterMs };
  }

  /** Undefined also while it is to be left alone. */
  #setOf(name: string): RedisSetObject | undefined {
    const set = this.#sets.get(name);
    if (this.#local.get(name)?.uid !== set?.metadata.uid) this.#forget(name);
    const isLeftAlone = set?.spec.paused === true || set?.metadata.deletionTimestamp !== undefined;
    return isLeftAlone ? undefined : set;
  }

  /** With its memory a set made again under its name would wait for members by its term, and never write its status. */
  #forget(name: string): void {
    this.#local.get(name)?.links.close();
    this.#local.delete(name);
  }

  #localOf(name: string, set: RedisSetObject): Local {
    const known = this.#local.get(name);
    if (known) return known;
    // Looked up for every connection: its Secret may be another by then. One that is gone keeps its own.
    const current = (): RedisSetObject => this.#sets.get(name) ?? set;
    const local: Local = {
      uid: set.metadata.uid,
      passes: createPasses(),
      rotation: createRotation(),
      wish: createWish(),
      passwords: [],
      history: createHistory(set.status?.master),
      links: this.#open({
        passwords: () => this.#operatorPasswords(name, current()),
        tls: (address) => this.#verification(current(), address),
        onLost: () => this.#context.enqueue(name),
      }),
      rolloutTo: undefined,
      status: set.status ?? {},
    };
    this.#local.set(name, local);
    return local;
  }

  /** Each node has a Service of its own, whose address never changes while the set lives. */
  #addresses(statefulSet: string, count: number): readonly NodeAddress[] | undefined {
    const nodes = podNames(statefulSet, count).map((name) => {
      const address = this.#services.get(name)?.spec?.clusterIP ?? '';
      return { name, address, fate: this.#pods.fateOf(name) };
    });
    return nodes.every(({ address }) => address !== '') ? nodes : undefined;
  }

  #operatorPasswords(name: string, set: RedisSetObject): readonly string[] {
    const local = this.#local.get(name);
    const passwords = rememberPasswords(this.#text(set, 'operator'), local?.passwords ?? []);
    if (local !== undefined) local.passwords = passwords;
    return passwords;
  }

  #text({ spec }: RedisSetObject, key: string): string {
    return this.#secrets.get(spec.credentialsSecret, `${key}-password`) ?? '';
  }

  #password(set: RedisSetObject, user: 'operator' | 'sentinel'): string {
    return wordsOf(this.#text(set, user))[0] ?? '';
  }

  /** Without passwords, or whom to trust, every node would look dead, which is no reason to act. */
  #canSpeak({ spec }: RedisSetObject): boolean {
    const all = [
      ...podNames(spec.statefulSet, spec.members),
      ...podNames(spec.sentinelStatefulSet, spec.sentinels),
    ];
    return (
      this.#secrets.get(spec.credentialsSecret, '') !== null &&
      all.every((name) => trustFor(this.#pods.find(name), this.#secrets).known)
    );
  }

  /** Every node has the certificate of the set: its name is the StatefulSet's. */
  #verification({ spec }: RedisSetObject, address: string): ConnectionOptions | undefined {
    const service = this.#services.list().find(({ spec: own }) => own?.clusterIP === address);
    const trust = trustFor(this.#pods.find(service?.metadata.name ?? ''), this.#secrets);
    return trust.known && trust.ca !== null ? { ca: trust.ca, servername: spec.statefulSet } : undefined;
  }

  #actionContext(
    set: RedisSetObject,
    local: Local,
    members: readonly NodeAddress[],
    sentinels: readonly NodeAddress[],
  ): ActionContext {
    const { spec } = set;
    return {
      links: local.links,
      nowMs: () => this.#context.clock.nowMs(),
      set: {
        ...{ members, sentinels, masterName: spec.masterName },
        downAfterMs: spec.downAfterMilliseconds ?? 3_000,
        failoverTimeoutMs: spec.failoverTimeoutMilliseconds ?? 10_000,
        sentinelPassword: () => this.#password(set, 'sentinel'),
      },
    };
  }

  async #report(
    set: RedisSetObject,
    local: Local,
    result: PassResult,
    rotating: readonly string[],
  ): Promise<void> {
    const { observed, verdict, done } = result;
    const now = this.#context.clock.date();
    const failover = local.history.take(observed, verdict, done, now);
    const { name } = set.metadata;
    this.#metrics.look(name, observed, verdict);
    this.#metrics.actions(name, done);
    if (failover) this.#metrics.failover(name, failover);
    announce(this.#context, set, { result, failover, before: local.status });
    const status = statusOf({
      ...{ observed, verdict, failover, now, rotating, previous: local.status },
      switchoverId: local.wish.handled(set.spec.switchover, local.status.switchoverId, result),
      generation: set.metadata.generation,
    });
    if (differs(local.status, status)) await this.#write(set, local, status);
  }

  async #write(set: RedisSetObject, local: Local, status: Partial<RedisSetStatus>): Promise<void> {
    const { api, log, namespace } = this.#context;
    if (JSON.stringify(local.status) === JSON.stringify(status)) return;
    // Kept even when the write fails: a dead API server must not stop the next pass, nor its memory.
    local.status = status;
    const path = `${objectPath(REDIS_SETS, namespace, set.metadata.name)}/status`;
    // null removes a field; an absent one would stay as it was.
    const body = { status: { master: null, lastFailover: null, ...status } };
    await mergePatch(api, path, body).catch((error: unknown) => {
      log.warn({ set: set.metadata.name, error: String(error) }, 'status not written');
      local.status = { ...status, message: '' };
    });
  }
}

function podNames(statefulSet: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${statefulSet}-${index}`);
}
