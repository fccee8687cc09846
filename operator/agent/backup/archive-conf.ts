// The file that postgresql.conf includes for the one setting that changes while Postgres runs: archive_command.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.ts';
import { writeBeside } from '../write-beside.ts';

/** For postgresql.conf. Archiving is always on, because only a restart could change that. */
export const archiveLines = [
  "archive_mode = 'on'",
  "archive_command = '/bin/true'",
  "include_if_exists = 'archive.conf'",
  '',
].join('\n');

/** A quiet database archives at least so often: what a lost volume of every member costs. */
const EVERY_SECONDS = 60;

/** Whether the file changed, so that Postgres has to be told. */
export function writeArchiveConf(settings: Settings, command: string, isRegular = false): boolean {
  const path = join(settings.confDir, 'archive.conf');
  const timeout = `archive_timeout = '${isRegular ? EVERY_SECONDS : 0}s'\n`;
  const text = `archive_command = '${command.replaceAll("'", "''")}'\n${timeout}`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeBeside(path, text);
  return true;
}
