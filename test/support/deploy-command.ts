// `make deploy` as a child process, with an environment of the test's choosing and nothing inherited that would
// name a cluster.
import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const namesCluster = ['KUBE_CONTEXT', 'PROFILE', 'IMAGES', 'IMAGE_REGISTRY', 'VALUES', 'KUBECONFIG'];

/** Runs a command to its end, at most `limitMs`. A limit that is reached shows as `code: null`. */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !namesCluster.includes(name));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs the deployment with these variables. */
export function deploy(env: Readonly<Record<string, string>>, limitMs: number): Promise<Ended> {
  return runCommand(process.execPath, ['k8s/deploy/deploy.ts'], env, limitMs);
}
