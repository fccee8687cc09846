// Where versitygw is, a real S3 server; built from its Go module first where it is not on PATH.
import { join } from 'node:path';
import { run } from '../../k8s/lib/subprocess.ts';
import { timeouts } from './timeouts.ts';

export function findS3Server(): Promise<string> {
  const tools = join(import.meta.dirname, '..', '..', 'k8s', 'kind', 'tools.sh');
  const find = 'set -e; folder=$("$0" versitygw); PATH=$PATH:$folder; command -v versitygw';
  return run('bash', ['-c', find, tools], { deadlineMs: timeouts.goProgramMs });
}
