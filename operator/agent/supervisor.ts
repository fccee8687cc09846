// The agent's heart: commands change the promise, the loop makes Postgres what the promise says, one planned step
// at a time, and tells listeners whenever something changed. One loop, so that steps never overlap.
import { untilCalm } from './calm.ts';
import { hasStandbySignal } from './config-files.ts';
import { createOutrunWatch } from './outrun.ts';
import type { OutrunWatch } from './outrun.ts';
import { plan } from './plan.ts';
import type { Local, Step } from './plan.ts';
import type { AgentStatus, Command, CommandAnswer } from './protocol.ts';
import { obey } from './rules.ts';
import { isInForce } from './rule-in-force.ts';
import { takeSample } from './sample.ts';
import { holdsWalAfter } from './source.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import { currentVote, endOfLog, statusOf } from './status.ts';
import { perform } from './steps.ts';
import { readControlData } from './tools.ts';

export interface Supervisor {
  readonly machine: Machine;
  /** Obeys or refuses at once; the work follows in the loop. */
  handle(command: Command): CommandAnswer;
  status(): AgentStatus;
  /** Called with every change and at least every 250 ms; returns how to stop listening. */
  listen(listener: (status: AgentStatus) => void): () => void;
  /** Stops a primary that must not go on, without waiting for its turn in the loop. */
  fence(why: string): void;
  /** Tells listeners how things are and looks again, both at once: an outage waits for no step that is under way. */
  wake(): void;
  run(signal: AbortSignal): Promise<void>;
}

/** How often the loop looks when nothing happens, and when something is expected any moment. */
const IDLE_MS = 250;
const EAGER_MS = 10;
const AFTER_ERROR_MS = 300;
/** How long a stop waits for a calm moment. The operator freezes the standbys after a longer time of its own. */
const CALM_WAIT_MS = 16_000;

const isFull = (disk: Machine['disk']): boolean => disk?.full === true;

/** Somebody else than who was meant, once that one has another address. */
function whomItDials({ upstream, record }: Machine): string | null {
  if (upstream === null) return null;
  const { member, address } = upstream;
  return address === record.primaryAddress ? member : `${member} at ${address ?? 'its name'}`;
}

export function createSupervisor(machine: Machine): Supervisor {
  return new Loop(machine);
}

class Loop implements Supervisor {
  readonly machine: Machine;
  readonly #listeners = new Set<(status: AgentStatus) => void>();
  #wake: () => void = () => undefined;
  #woken = false;
  #awaitsCalm = false;
  readonly #outrun: OutrunWatch;

  constructor(machine: Machine) {
    this.machine = machine;
    this.#outrun = createOutrunWatch({ machine, holds: holdsWalAfter, wake: () => this.wake() });
  }

  handle(command: Command): CommandAnswer {
    const { machine } = this;
    const before = machine.record;
    const voteLsn = machine.vote?.term === before.term ? machine.vote.lsn : null;
    const answer = obey(before, command, { voteLsn });
    if (!answer.accepted) {
      machine.log.warn({ command: command.kind, term: command.term, reason: answer.reason }, 'refused');
      return { accepted: false, term: before.term, reason: answer.reason };
    }
    commit(machine, answer.next);
    if (machine.record !== before) this.#entered(command);
    if (command.kind === 'bootstrap') machine.restore = command.restore ?? null;
    if (command.kind === 'stop') void this.#leaveWhenCalm();
    if (['start', 'promote', 'bootstrap'].includes(command.kind)) machine.leave = 'run';
    this.wake();
    return { accepted: true, term: machine.record.term };
  }

  status(): AgentStatus {
    return statusOf(this.machine, performance.now());
  }

  listen(listener: (status: AgentStatus) => void): () => void {
    this.#listeners.add(listener);
    listener(this.status());
    return () => this.#listeners.delete(listener);
  }

  fence(why: string): void {
    const { machine } = this;
    machine.log.error({ why, term: machine.record.term }, 'fencing this primary');
    machine.lastError = `fenced: ${why}`;
    machine.leave = 'wait';
    machine.stopping = true;
    void machine.process
      .stop('immediate', 500)
      .catch((error: unknown) => machine.log.error({ error: String(error) }, 'fence failed'))
      .finally(() => {
        machine.stopping = false;
        this.wake();
      });
  }

  wake(): void {
    this.#woken = true;
    this.#publish();
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      this.#woken = false;
      const pauseMs = await this.#turn(signal).catch((error: unknown) => {
        this.machine.lastError = String(error);
        this.machine.log.warn({ error: String(error), role: this.machine.record.role }, 'step failed');
        return AFTER_ERROR_MS;
      });
      this.#publish();
      if (pauseMs > 0) await this.#pause(pauseMs);
    }
  }

  /** Until then it serves as before: its commits are acknowledged, and it may be frozen or fenced like any primary. */
  async #leaveWhenCalm(): Promise<void> {
    if (this.#awaitsCalm) return;
    this.#awaitsCalm = true;
    const { machine } = this;
    const { term } = machine.record;
    const waitedMs = await untilCalm(CALM_WAIT_MS);
    this.#awaitsCalm = false;
    if (machine.record.role !== 'primary' || machine.record.term !== term) return;
    machine.log.info({ term, waitedMs }, 'hands over');
    machine.leave = 'stop';
    this.wake();
  }

  /** One look and at most one step; returns how long to wait before the next. */
  async #turn(signal: AbortSignal): Promise<number> {
    const { machine } = this;
    await this.#observe();
    this.#outrun.look(performance.now());
    machine.vote = currentVote(machine);
    // It only stays for its vote: what would be started now would be stopped at once.
    if (machine.terminating && !machine.process.alive()) return IDLE_MS;
    const step: Step = plan(machine.record, this.#local(), machine.leave);
    if (step.do === 'nothing') return this.#isEager() ? EAGER_MS : IDLE_MS;
    if (step.do !== 'promote') machine.log.info({ step, term: machine.record.term }, 'step');
    await perform(machine, step, signal);
    if (step.do === 'start' && machine.failedStarts > 0) return AFTER_ERROR_MS;
    return step.do === 'promote' || step.do === 'killWalReceiver' ? EAGER_MS : 0;
  }

  async #observe(): Promise<void> {
    const { machine } = this;
    if (!machine.process.alive()) {
      machine.sample = null;
      await this.#readControl();
      return;
    }
    try {
      machine.sample = await takeSample(machine.sql, machine.sample);
      machine.looksCutOff = machine.sample.cutOff ? machine.looksCutOff + 1 : 0;
      machine.failedStarts = 0;
      machine.answeredAtMs = performance.now();
    } catch (error) {
      if (machine.sample) machine.log.debug({ error: String(error) }, 'Postgres does not answer');
      // A server that hangs keeps its last sample until it has been silent for long: it did not start anew.
      const silentMs = performance.now() - (machine.answeredAtMs ?? 0);
      if (!machine.process.alive() || silentMs > 3000) machine.sample = null;
    }
  }

  /**
   * Also of a server that ended by itself or was fenced: a former primary votes by it, and two members may need that vote.
   * Not before its last process has gone, which could still write and be acknowledged.
   */
  async #readControl(): Promise<void> {
    const { machine } = this;
    if (machine.control || machine.stopping || machine.record.data !== 'whole') return;
    try {
      await machine.process.clearAway();
      machine.control = await readControlData(machine.settings);
    } catch (error) {
      machine.log.warn({ error: String(error) }, 'control file not read');
    }
  }

  #local(): Local {
    const { process, sample, settings, settled, control } = this.machine;
    const { failedStarts, handedOver, disk, record, startedTerm } = this.machine;
    const alive = process.alive();
    return {
      alive,
      inRecovery: sample?.inRecovery ?? null,
      atEndOfWal: endOfLog(this.machine) !== null,
      hasWalReceiver: typeof sample?.walReceiverPid === 'number',
      standbySignal: hasStandbySignal(settings),
      settled,
      upstream: alive ? whomItDials(this.machine) : null,
      ...{ failedStarts, handedOver },
      startedForTerm: startedTerm === record.term,
      outrun: this.machine.outrunTerm === record.term,
      clonePauses: performance.now() < this.machine.failedClones.pauseUntilMs,
      ruleInForce: isInForce(this.machine),
      controlState: alive ? null : (control?.state ?? null),
      diskFull: isFull(disk),
    };
  }

  /** A change is expected within milliseconds: starting, freezing, being promoted. */
  #isEager(): boolean {
    const { record, sample, process, vote, settled } = this.machine;
    if (!process.alive()) return false;
    if (!sample) return true;
    if (record.role === 'frozen') return vote === null;
    if (record.role === 'standby') return record.pending !== null || !sample.walReceiverStreaming;
    return record.role === 'primary' && !settled;
  }

  #entered({ kind }: Command): void {
    const { machine } = this;
    const { term, role } = machine.record;
    machine.log.info({ kind, term, role, primary: machine.record.primary }, 'promised');
    if (kind !== 'promote') machine.vote = null;
    // What ended before it was elected is no failure of its promotion.
    if (kind === 'promote') machine.crashed = false;
    if (role !== 'primary') machine.leave = 'wait';
    machine.rejoinStartedMs = performance.now();
  }

  #publish(): void {
    if (this.#listeners.size === 0) return;
    const status = this.status();
    for (const listener of this.#listeners) listener(status);
  }

  async #pause(pauseMs: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
