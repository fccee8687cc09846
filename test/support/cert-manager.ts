// A real cert-manager for the kind cluster: its definitions, and its controller as a process of this machine, built from
// its Go module. close() ends the controller and takes the definitions, and with them every Certificate, away.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { targetOf } from '../../k8s/deploy/target.ts';
import { run } from '../../k8s/lib/subprocess.ts';
import { kubectl } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export interface CertManager {
  close(): Promise<void>;
}

/** What the controller says. */
const logFile = '.cache/cert-manager.log';

export async function startCertManager(): Promise<CertManager> {
  const program = await findController();
  const definitions = readDefinitions(join(dirname(program), 'cert-manager-crds'));
  await kubectl(['apply', '--server-side', '-f', '-'], { input: definitions });
  const { env } = targetOf(readSettings(process.env));
  const log = openSync(logFile, 'w');
  const args = [`--kubeconfig=${env.KUBECONFIG ?? ''}`, '--leader-elect=false', '--controllers=*'];
  const listen = ['--metrics-listen-address=127.0.0.1:0'];
  const child = spawn(program, [...args, ...listen], { stdio: ['ignore', log, log] });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    close: async () => {
      child.kill('SIGTERM');
      await exited;
      await kubectl(['delete', '--ignore-not-found', '-f', '-'], {
        ...{ input: definitions, timeoutMs: timeouts.podReadyMs },
      });
    },
  };
}

/** Built first where it is not there yet. */
async function findController(): Promise<string> {
  const folder = join(import.meta.dirname, '..', '..', 'k8s', 'kind');
  const source = 'for part in settings images/image images/programs; do . "$0/$part.sh"; done';
  const script = `set -euo pipefail; ${source}; program cert-manager`;
  return (await run('bash', ['-c', script, folder], { deadlineMs: timeouts.goProgramMs })).trim();
}

/** Its chart fills labels in; without a chart there are none. */
function readDefinitions(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .map((yaml) => yaml.replaceAll(/^ {2}labels:\n(?: {4}.*\n)+/gm, ''))
    .join('\n---\n');
}
