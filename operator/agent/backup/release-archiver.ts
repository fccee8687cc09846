// Before an orderly stop: Postgres does not end before its archiver has archived all that is queued, and a repository
// that hangs would turn a switchover of a moment into one of minutes. What stays queued is archived by the next
// primary.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { terminateProcess } from '../postgres-process.ts';
import type { Machine } from '../state.ts';
import { writeArchiveConf } from './archive-conf.ts';

/** The archiver has read its new command long before; without that, a stop takes longer and nothing is lost. */
const RELOAD_MS = 20;

export async function releaseArchiver({ settings, process }: Machine): Promise<void> {
  if (!process.alive() || !writeArchiveConf(settings, '')) return;
  process.reload();
  await sleep(RELOAD_MS);
  for (const pid of pushesIn(settings.pgdata)) terminateProcess(pid);
}

/** Running archive commands: children of the server, which work in its folder. */
function pushesIn(pgdata: string): readonly number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      const works = readlinkSync(`/proc/${pid}/cwd`) === pgdata;
      return works && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('archive-push');
    } catch {
      return false;
    }
  });
}
