// Brings a commit rule into force on a running Postgres: a new one, or the same for a new term, whose name every
// acknowledgement bears. It is in force once no walsender is left that was started before Postgres knew it: a reload
// reaches each of them in its own time, and one that has not looked yet would release commits by the rule before.
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameRule, ruleFor, standbyNames } from './commit-rule.ts';
import type { RuleOfTerm, RuleProgress } from './commit-rule.ts';
import { writeConfig } from './config-files.ts';
import type { PromiseRecord } from './rules.ts';
import type { Source } from './settings.ts';
import type { Machine } from './state.ts';

const LOOK_MS = 10;
const LOADED_WITHIN_MS = 2000;
const ENDED_WITHIN_MS = 2000;

export function isInForce(machine: Machine): boolean {
  return isSameRule(machine.ruleInForce, ruleOfTerm(machine));
}

/** What was promised last. */
export function ruleOfTerm({ settings, record }: Machine): RuleOfTerm {
  return { rule: ruleFor(settings, record.rule), term: record.term };
}

export function ruleProgress({ settings, record, ruleInForce, ruleProven }: Machine): RuleProgress {
  return {
    promised: ruleFor(settings, record.rule),
    inForce: ruleInForce?.rule.version ?? -1,
    proven: ruleProven?.term === record.term ? ruleProven.version : -1,
  };
}

/** Every member of the set that this one knows of, but itself. */
export function peersOf({ settings, record }: Pick<Machine, 'settings' | 'record'>): readonly string[] {
  const known = new Set([...settings.members, ...(record.rule?.members ?? [])]);
  return [...known].filter((name) => name !== settings.name);
}

/**
 * Writes the configuration with the promised rule; what runs already may take it from there at any time. An upstream counts
 * from before the first byte that names it to after the last: who votes must be certain that it receives nothing.
 */
export function configure(machine: Machine, upstream: string | null): void {
  if (!isInForce(machine)) machine.ruleInForce = null;
  const source = upstream === null ? null : sourceOf(machine.record, upstream);
  machine.upstream = source ?? machine.upstream;
  machine.looksCutOff = 0;
  writeConfig(machine.settings, source, ruleOfTerm(machine));
  machine.upstream = source;
}

/** `member`, where the operator last said that the primary is. */
export function sourceOf({ primaryAddress }: PromiseRecord, member: string): Source {
  return { member, address: primaryAddress };
}

/** Brings the promised rule into force on the running server. Rejects when that cannot be confirmed in time. */
export async function applyRule(machine: Machine): Promise<void> {
  const { settings } = machine;
  const promised = ruleOfTerm(machine);
  const wanted = standbyNames(promised, settings.name);
  const before = machine.ruleInForce;
  writeConfig(settings, machine.upstream, promised);
  if (before === null || standbyNames(before, settings.name) !== wanted) {
    // Cut off from here on, nobody knows which process goes by which.
    machine.ruleInForce = null;
    machine.process.reload();
    await untilLoaded(machine, wanted);
    await restartSenders(machine);
  }
  machine.ruleInForce = promised;
  machine.log.info(promised, 'commit rule in force');
}

/** The postmaster tells its children of a reload after its own: what a session sees, new processes begin with. */
async function untilLoaded({ sql, settings }: Machine, wanted: string): Promise<void> {
  const giveUpMs = performance.now() + LOADED_WITHIN_MS;
  while (performance.now() < giveUpMs) {
    const [row] = await sql.query<{ names: string }>(
      "SELECT current_setting('synchronous_standby_names') AS names",
    );
    if (row?.names === wanted) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`postgres/${settings.name}: commit rule: not loaded within ${LOADED_WITHIN_MS} ms`);
}

/** They are back within the retry interval of the standbys. A clone under way acknowledges nothing, and goes on. */
async function restartSenders({ sql, settings }: Machine): Promise<void> {
  const rows = await sql.query<{ pid: number }>(
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_replication WHERE application_name <> 'clone'`,
  );
  const ended = new Set(rows.map(({ pid }) => pid));
  const giveUpMs = performance.now() + ENDED_WITHIN_MS;
  while (performance.now() < giveUpMs) {
    const left = await sql.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender'`,
    );
    if (!left.some(({ pid }) => ended.has(pid))) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`postgres/${settings.name}: commit rule: walsenders do not end in ${ENDED_WITHIN_MS} ms`);
}
