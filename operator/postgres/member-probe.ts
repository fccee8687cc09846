// One member, listened to without a pause: its agent streams its status, so a change is known within milliseconds,
// a closed connection at once, and silence after a moment. Runs on every replica of the operator, so that a new
// leader knows the members before it leads.
import { askAgent, openAgent } from '../agent/transport.ts';
import type { AgentTarget } from '../agent/transport.ts';
import { lsnToNumber } from '../agent/lsn.ts';
import type { AgentStatus, Command, CommandAnswer } from '../agent/protocol.ts';
import type { Clock } from '../runtime/clock.ts';
import { readJsonLines } from '../runtime/json-lines.ts';
import type { Contact, MemberView } from './observed.ts';
import { SILENT_MS } from './suspicion.ts';

type PodFacts = Pick<MemberView, 'leaving' | 'outdated'>;

export interface MemberProbe {
  /** Where its agent is; null while there is no pod. */
  aim(target: AgentTarget | null): void;
  view(pod: PodFacts): MemberView;
  /** Rejects when there is no answer in time; resolves with the answer, refusals included. */
  command(command: Command): Promise<CommandAnswer>;
  /** Anything else its agent is asked for; rejects when there is no answer in time. */
  order(path: string, body: unknown): Promise<{ readonly accepted: boolean }>;
  stop(): void;
}

export interface ProbeOptions {
  readonly clock: Clock;
  /** Milliseconds since a moment in which this process itself did not run. @default none */
  readonly deafMs?: (sinceMs: number) => number;
  readonly name: string;
  /** Called when something that decisions depend on changed. */
  readonly onChange: () => void;
}

const CONNECT_MS = 700;
const COMMAND_MS = 2000;
const RETRY_MS = 40;
/** One refusal may be a restart of the listener alone; two in a row are an answer. */
const REFUSALS = 2;
const REFUSED_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

export function createMemberProbe(options: ProbeOptions): MemberProbe {
  return new Probe(options);
}

class Probe implements MemberProbe {
  readonly #options: ProbeOptions;
  #target: AgentTarget | null = null;
  #generation = new AbortController();
  #status: AgentStatus | null = null;
  #heardAtMs: number;
  #everHeard = false;
  #refusals = 0;
  #walMovedAtMs: number;
  #streamingSinceMs: number | null = null;
  #cancelSilence = (): void => undefined;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.nowMs();
    this.#walMovedAtMs = this.#heardAtMs;
  }

  aim(target: AgentTarget | null): void {
    if (isSame(target, this.#target)) return;
    this.#target = target;
    this.#generation.abort();
    this.#generation = new AbortController();
    this.#refusals = 0;
    if (target) void this.#loop(target, this.#generation.signal);
    this.#options.onChange();
  }

  view({ leaving, outdated }: PodFacts): MemberView {
    const nowMs = this.#options.clock.nowMs();
    return {
      name: this.#options.name,
      contact: this.#contact(nowMs),
      address: this.#target?.host ?? null,
      silentMs: nowMs - this.#heardAtMs,
      walStillMs: nowMs - this.#walMovedAtMs,
      streamingMs: this.#streamingSinceMs === null ? 0 : nowMs - this.#streamingSinceMs,
      leaving: leaving || this.#status?.terminating === true,
      outdated,
      status: this.#status,
    };
  }

  async command(command: Command): Promise<CommandAnswer> {
    if (!this.#target) throw new Error(`${this.#options.name}: no pod`);
    const request = { method: 'POST', path: '/v1/command', body: command } as const;
    return askAgent<CommandAnswer>(this.#target, request, COMMAND_MS, [200, 409]);
  }

  async order(path: string, body: unknown): Promise<{ readonly accepted: boolean }> {
    if (!this.#target) throw new Error(`${this.#options.name}: no pod`);
    return askAgent(this.#target, { method: 'POST', path, body }, COMMAND_MS, [200, 409]);
  }

  stop(): void {
    this.#generation.abort();
    this.#cancelSilence();
  }

  #contact(nowMs: number): Contact {
    if (!this.#target) return 'gone';
    if (this.#refusals >= REFUSALS) return 'refused';
    const deafMs = this.#options.deafMs?.(this.#heardAtMs) ?? 0;
    if (nowMs - this.#heardAtMs - deafMs >= SILENT_MS) return 'silent';
    return this.#everHeard ? 'up' : 'unknown';
  }

  async #loop(target: AgentTarget, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const before = this.#contact(this.#options.clock.nowMs());
      try {
        await this.#listen(target, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        this.#refusals = isRefusal(error) ? this.#refusals + 1 : 0;
      }
      if (this.#contact(this.#options.clock.nowMs()) !== before) this.#options.onChange();
      await new Promise<void>((resolve) => this.#options.clock.after(RETRY_MS, resolve));
    }
  }

  async #listen(target: AgentTarget, signal: AbortSignal): Promise<void> {
    const connecting = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
    const opened = new AbortController();
    const abort = (): void => opened.abort();
    connecting.addEventListener('abort', abort);
    const request = { method: 'GET', path: '/v1/stream', signal: opened.signal } as const;
    const response = await openAgent(target, request).finally(() =>
      connecting.removeEventListener('abort', abort),
    );
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`${this.#options.name}: stream: status ${response.statusCode ?? 0}`);
    }
    const end = (): unknown => response.destroy(new Error('stopped'));
    signal.addEventListener('abort', end, { once: true });
    try {
      await readJsonLines(response, { idleMs: SILENT_MS, onLine: (line) => this.#take(line as AgentStatus) });
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  #take(status: AgentStatus): void {
    const { clock, onChange } = this.#options;
    const nowMs = clock.nowMs();
    const before = this.#status;
    const contactBefore = this.#contact(nowMs);
    this.#heardAtMs = nowMs;
    this.#everHeard = true;
    this.#refusals = 0;
    if (hasGrown(before, status)) this.#walMovedAtMs = nowMs;
    this.#streamingSinceMs = status.streaming ? (this.#streamingSinceMs ?? nowMs) : null;
    this.#status = status;
    this.#cancelSilence();
    this.#cancelSilence = clock.after(SILENT_MS + 5, onChange);
    if (contactBefore !== 'up' || essence(before) !== essence(status)) onChange();
  }
}

function isSame(a: AgentTarget | null, b: AgentTarget | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Read anew: it changes while the loop waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isRefusal(error: unknown): boolean {
  return REFUSED_CODES.has((error as NodeJS.ErrnoException).code ?? '');
}

function hasGrown(before: AgentStatus | null, after: AgentStatus): boolean {
  if (after.lsn === null) return false;
  return !before?.lsn || lsnToNumber(after.lsn) > lsnToNumber(before.lsn);
}

/** The part of a status whose change is worth a look at once. */
function essence(status: AgentStatus | null): string {
  if (!status) return '';
  const { commitAgeMs, sqlAgeMs, standbys, backup } = status;
  const hangs = Math.min(commitAgeMs ?? 0, sqlAgeMs ?? 0) > SILENT_MS;
  const rest = { ...status, lsn: 0, replayLsn: 0, commitAgeMs: 0, sqlAgeMs: 0, standbys: 0, backup: 0 };
  const jobs = [backup?.settings, backup?.mode, backup?.job, backup?.lastJob];
  return JSON.stringify([rest, hangs, standbys.map(({ name, state }) => [name, state]), jobs]);
}
