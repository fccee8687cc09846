// `make logs`: follows the logs of every tier, each line with its pod's name, until interrupted.
import { spawn } from 'node:child_process';
import { readSettings } from './settings.ts';
import { mayExist, targetOf } from './target.ts';
import type { Target } from './target.ts';

/** More pods than an autoscaled app, the stores and the operator have together. */
const maxStreams = 60;

function follow(target: Target): void {
  const selector = `app.kubernetes.io/part-of=${target.namespace}`;
  const what = [
    'logs',
    '-f',
    '-n',
    target.namespace,
    '-l',
    selector,
    '--all-containers',
    '--prefix',
    '--tail=20',
  ];
  const args = ['--context', target.context, ...what, `--max-log-requests=${maxStreams}`];
  const child = spawn('kubectl', args, { stdio: 'inherit', env: { ...process.env, ...target.env } });
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code) => (process.exitCode = code ?? 0));
  // Interrupting is how this ends; kubectl gets the signal as well and goes first.
  process.once('SIGINT', () => child.kill('SIGINT'));
}

function fail(message: string): void {
  process.stderr.write(`logs: ${message}\n`);
  process.exitCode = 1;
}

try {
  const target = targetOf(readSettings(process.env));
  if (mayExist(target)) follow(target);
  else fail('there is no cluster yet: run make deploy');
} catch (error) {
  fail((error as Error).message);
}
