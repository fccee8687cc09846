// Looks after one PostgresSet: listens to its members, and on every pass observes, decides and acts. The resource's
// register is only ever changed conditionally; commands are sent without waiting, their effect comes back through
// the members' status.
import { isConflict } from '../runtime/api.ts';
import type { KubeObject } from '../runtime/api.ts';
import { patchStatusIfUnchanged } from '../runtime/apply.ts';
import type { EventInput } from '../runtime/events.ts';
import { objectPath } from '../runtime/paths.ts';
import type { Result } from '../runtime/queue.ts';
import { createStopwatch } from '../runtime/stopwatch.ts';
import { trustFor } from '../runtime/transport.ts';
import type { AgentTarget } from '../agent/transport.ts';
import { createBackupPass } from './backup/backup-pass.ts';
import type { BackupPass } from './backup/backup-pass.ts';
import { votesFor } from './ballot.ts';
import { createChronicle } from './chronicle.ts';
import { createCourier } from './courier.ts';
import type { Courier } from './courier.ts';
import { decide } from './decide.ts';
import type { Endpoint } from './endpoint-slices.ts';
import { forkEvents } from './forks.ts';
import type { KeeperOptions } from './keeper-options.ts';
import { createMemberProbes } from './member-probes.ts';
import type { MemberProbes } from './member-probes.ts';
import type { Action, Ballot, Decision, MemberView, Observed } from './observed.ts';
import { createPasswordPass } from './password-pass.ts';
import type { PasswordPass } from './password-pass.ts';
import { tellStep } from './tell-step.ts';
import { reportOf } from './report.ts';
import { memberNames, newest, podNames, POSTGRES_SETS, readerNames } from './resource.ts';
import type { HistoryEntry, PostgresSet } from './resource.ts';
import { isOutdated, registerOf } from './register.ts';
import { createRouter } from './router.ts';
import type { Router } from './router.ts';
import { routesFor } from './routes.ts';
import { createStoragePass } from './storage/storage-pass.ts';
import type { StoragePass } from './storage/storage-pass.ts';

export interface SetKeeper {
  /** Aims the probes at the members' present addresses. */
  aim(): void;
  reconcile(): Promise<Result>;
  /** Whether a change of primary is under way. */
  busy(): boolean;
  stop(): void;
}

const AGENT_PORT = 8008;
const CALM_MS = 1000;
const BUSY_MS = 50;
const AIM_EVERY_MS = 10_000;
const REPORT_EVERY_MS = 1000;
/** Steps of the register in one pass, each decided on what the one before wrote. */
const MAX_STEPS = 5;

export function createSetKeeper(options: KeeperOptions): SetKeeper {
  return new Keeper(options);
}

class Keeper implements SetKeeper {
  readonly #options: KeeperOptions;
  readonly #courier: Courier;
  readonly #backups: BackupPass;
  readonly #passwords: PasswordPass;
  readonly #storage: StoragePass;
  readonly #router: Router;
  readonly #probes: MemberProbes;
  readonly #chronicle = createChronicle();
  readonly #stageMs: (key: string) => number;
  readonly #quorumMs: (key: string) => number;
  #set: PostgresSet | undefined;
  #pendingHistory: readonly HistoryEntry[] = [];
  #cancelAim = (): void => undefined;
  #reportedAtMs = 0;
  #reported = '';

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { context, pod } = options;
    this.#probes = createMemberProbes({
      clock: context.clock,
      onChange: () => context.enqueue(options.name),
      deafMs: (sinceMs) => options.stalls?.deafMs(sinceMs) ?? 0,
    });
    this.#stageMs = createStopwatch(context.clock);
    this.#quorumMs = createStopwatch(context.clock);
    this.#courier = createCourier({ context, pod, probe: this.#probes.of });
    this.#backups = createBackupPass(context, this.#probes.of);
    this.#passwords = createPasswordPass(context, options.secrets, this.#probes.of);
    this.#storage = createStoragePass(context);
    this.#router = createRouter(context, (name) => this.#endpoint(name));
    this.#aimAgain();
  }

  aim(): void {
    const set = this.#options.read();
    if (!set) return;
    const names = podNames(set);
    this.#probes.keepOnly(names);
    for (const name of names) {
      const target = this.#target(set, name);
      if (target !== 'unknown') this.#probes.of(name).aim(target);
    }
  }

  async reconcile(): Promise<Result> {
    this.#set = newest(this.#set, this.#options.read());
    if (!this.#set) return {};
    this.aim();
    // Without token or trust every member would look gone, which is no reason to elect another primary.
    if (memberNames(this.#set).some((name) => this.#target(this.#set, name) === 'unknown')) {
      return { afterMs: BUSY_MS };
    }
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const set = this.#set;
      const observed = this.#observe(set);
      const decision = decide(observed);
      this.#note(observed);
      this.#courier.send(decision.actions, this.#about(set));
      await this.#router.route(set.spec.services, routesFor(observed, decision), this.#about(set));
      const write = decision.actions.find((action) => action.do === 'write');
      if (!write || !(await this.#write(set, decision, write))) {
        this.#backups(set, observed, this.#about(set));
        this.#storage.look(set);
        this.#passwords.tell(set.spec.credentialsSecret, observed);
        await this.#report(this.#set, observed, decision);
        return { afterMs: decision.phase === 'Healthy' || decision.phase === 'Paused' ? CALM_MS : BUSY_MS };
      }
    }
    return { afterMs: 0 };
  }

  busy(): boolean {
    const stage = this.#set?.status?.ballot?.stage;
    return stage === 'stopping' || stage === 'electing' || stage === 'promoting';
  }

  stop(): void {
    this.#cancelAim();
    this.#probes.keepOnly([]);
  }

  /** Who does not lead has no passes, and the token to speak with changes by time alone. */
  #aimAgain(): void {
    this.#cancelAim = this.#options.context.clock.after(AIM_EVERY_MS, () => {
      this.aim();
      this.#aimAgain();
    });
  }

  #nowMs(): number {
    return this.#options.context.clock.nowMs();
  }

  /** Null while there is no pod; unknown while it has not been read what it takes to speak to it. */
  #target(set: PostgresSet | undefined, name: string): AgentTarget | null | 'unknown' {
    const { secrets, pod, agentPort, context } = this.#options;
    const host = this.#addressOf(name);
    if (host === null || !set) return null;
    const { credentialsSecret, services } = set.spec;
    const token = this.#passwords.token(credentialsSecret);
    const trust = trustFor(pod(name), secrets);
    if (token === null || token === '' || !trust.known) return 'unknown';
    const serverName = `${name}.${services.peers}.${context.namespace}.svc`;
    return { host, port: agentPort?.(name) ?? AGENT_PORT, token, ca: trust.ca, serverName };
  }

  #addressOf(name: string): string | null {
    const pod = this.#options.pod(name);
    const phase = pod?.status?.phase;
    if (!pod || phase === 'Failed' || phase === 'Succeeded') return null;
    return pod.status?.podIP ?? null;
  }

  #observe(set: PostgresSet): Observed {
    const { ballot, quorum } = set.status ?? {};
    return {
      ...registerOf(set),
      members: memberNames(set).map((name) => this.#view(name, set.spec.statefulSet)),
      readers: readerNames(set.spec).map((name) => this.#view(name, `${set.spec.statefulSet}-read`)),
      stageMs: this.#stageMs(JSON.stringify([ballot?.term, ballot?.stage])),
      quorumMs: this.#quorumMs(String(quorum?.version)),
      now: this.#options.context.clock.date().toISOString(),
    };
  }

  #view(name: string, statefulSet: string): MemberView {
    const pod = this.#options.pod(name);
    return this.#probes.of(name).view({
      leaving: pod?.metadata.deletionTimestamp !== undefined,
      outdated: isOutdated(pod, this.#options.revision?.(statefulSet)),
    });
  }

  /** Whether the register took it; false when somebody else wrote first. */
  async #write(
    set: PostgresSet,
    decision: Decision,
    action: Extract<Action, { do: 'write' }>,
  ): Promise<boolean> {
    const { context, name, metrics } = this.#options;
    if (!context.isLeader()) return false;
    const { ballot, systemId, switchoverDone, quorum } = action;
    const { stage } = ballot;
    // Nobody may read "Healthy" beside a register that says otherwise until the next report.
    this.#reported = '';
    const status = {
      phase: decision.phase,
      ballot,
      systemId,
      switchoverDone,
      term: ballot.term,
      primary: ballot.primary,
      ...(quorum.version > 0 && { quorum }),
    };
    if (!(await this.#patchStatus(set, status))) return false;
    tellStep(context, set, action, this.#about());
    if (stage === 'electing') metrics.elections.inc({ set: name });
    return true;
  }

  /** By what is observed, not by what was written: the register may take a step whose answer never comes back. */
  #note(observed: Observed): void {
    const { ballot } = observed;
    this.#chronicle.note(observed, votesFor(observed, ballot?.term ?? 0), this.#nowMs());
    if (ballot?.stage === 'serving') this.#remember(ballot);
  }

  #remember(ballot: Ballot): void {
    const { metrics, name, context } = this.#options;
    const entry = this.#chronicle.finish(ballot, this.#nowMs(), context.clock.date());
    if (!entry) return;
    this.#pendingHistory = [entry, ...this.#pendingHistory];
    metrics.failoverSeconds.observe({ set: name }, (entry.millis.total ?? 0) / 1000);
    context.log.info({ entry }, 'primary changed');
  }

  #endpoint(name: string): Endpoint | null {
    const pod = this.#options.pod(name);
    const address = this.#addressOf(name);
    if (!pod || address === null) return null;
    return { member: name, address, podUid: pod.metadata.uid ?? '', nodeName: pod.spec?.nodeName ?? '' };
  }

  /** Best effort and rare: never in the way of an election, never more than once a second. */
  async #report(set: PostgresSet, observed: Observed, decision: Decision): Promise<void> {
    const { context, name, metrics } = this.#options;
    if (!context.isLeader() || !this.#isReportDue(observed, decision)) return;
    metrics.observe(name, observed);
    const history = this.#history(set);
    const report = reportOf(set, observed, decision, history, this.#storage.conditions());
    const text = JSON.stringify(report);
    if (text === this.#reported) return;
    this.#reportedAtMs = this.#nowMs();
    if (await this.#patchStatus(set, report)) {
      this.#pendingHistory = [];
      this.#tell(set, forkEvents(set.status?.forks, report.forks));
      this.#reported = text;
    }
    if (decision.blocked === null) return;
    this.#tell(set, [{ type: 'Warning', reason: 'Blocked', action: 'Failover', note: decision.blocked }]);
  }

  /** An entry is written already when only the answer to its report was lost. */
  #history({ status }: PostgresSet): readonly HistoryEntry[] {
    const known = status?.history ?? [];
    const pending = this.#pendingHistory.filter((entry) => !known.some(({ term }) => term === entry.term));
    return [...pending, ...known];
  }

  #tell(set: PostgresSet, events: readonly EventInput[]): void {
    for (const event of events) this.#options.context.events.record(this.#about(set), event);
  }

  #isReportDue({ ballot }: Observed, { blocked }: Decision): boolean {
    const isBusy = ballot?.stage === 'electing' || ballot?.stage === 'promoting';
    if (isBusy && blocked === null) return false;
    return this.#nowMs() - this.#reportedAtMs >= REPORT_EVERY_MS;
  }

  /** Whether the status was written; false when somebody else wrote first. */
  async #patchStatus(set: PostgresSet, status: object): Promise<boolean> {
    const { api, namespace } = this.#options.context;
    const path = objectPath(POSTGRES_SETS, namespace, this.#options.name);
    try {
      this.#set = await patchStatusIfUnchanged(api, path, set.metadata.resourceVersion ?? '', status);
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      this.#set = await api.request<PostgresSet>('GET', path);
      return false;
    }
  }

  #about(set = this.#set): KubeObject {
    const metadata = set?.metadata ?? { name: this.#options.name };
    return { apiVersion: 'quorum.dev/v1alpha1', kind: 'PostgresSet', metadata };
  }
}
