// Writes what Postgres is started with. Called before every start and whenever the upstream changes.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveLines } from './backup/archive-conf.ts';
import type { RuleOfTerm } from './commit-rule.ts';
import { readPassword } from './passwords/known-passwords.ts';
import { syncFolder } from './promise-file.ts';
import { pgHba, pgpass, postgresqlConf } from './postgres-config.ts';
import type { Settings, Source } from './settings.ts';
import { writeBeside } from './write-beside.ts';

export interface ConfigFiles {
  readonly conf: string;
  readonly hba: string;
  readonly passfile: string;
}

export function configFiles(settings: Settings): ConfigFiles {
  const at = (name: string): string => join(settings.confDir, name);
  return { conf: at('postgresql.conf'), hba: at('pg_hba.conf'), passfile: at('pgpass') };
}

/** What libpq dials other members with, from its next connect on. */
export function writePassfile(settings: Settings, password: string): void {
  const { passfile } = configFiles(settings);
  mkdirSync(settings.confDir, { recursive: true, mode: 0o700 });
  writeBeside(passfile, pgpass(password));
}

export function writeConfig(settings: Settings, upstream: Source | null, rule: RuleOfTerm): void {
  const files = configFiles(settings);
  mkdirSync(settings.confDir, { recursive: true, mode: 0o700 });
  writeBeside(files.conf, postgresqlConf(settings, upstream, files.passfile, rule) + archiveLines);
  writeBeside(files.hba, pgHba(settings));
  writePassfile(settings, readPassword(settings, 'replication-password'));
}

/**
 * Empties the file in which ALTER SYSTEM keeps its values: it is read last and would override ours, for example the
 * list of synchronous standbys.
 */
export function dropAlterSystem(settings: Settings): void {
  const path = join(settings.pgdata, 'postgresql.auto.conf');
  const text = '# Values belong to the agent, which writes the configuration.\n';
  if (existsSync(path)) writeFileSync(path, text);
}

const standbySignal = (settings: Settings): string => join(settings.pgdata, 'standby.signal');

export function hasStandbySignal(settings: Settings): boolean {
  return existsSync(standbySignal(settings));
}

export function setStandbySignal(settings: Settings, present: boolean): void {
  // Its absence tells of a promotion: a power cut must not take it away.
  if (present) writeFileSync(standbySignal(settings), '', { flush: true });
  else rmSync(standbySignal(settings), { force: true });
  syncFolder(settings.pgdata);
}
