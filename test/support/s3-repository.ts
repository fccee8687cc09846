// A bucket of a real S3 server on loopback, over TLS with an authority of its own, as pgBackRest asks for it. The server
// is versitygw, built from its Go module; its files are in one temporary folder and gone after close().
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupRepository } from './backup-repository.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { RUN_AS } from './postgres-member.ts';
import { findS3Server } from './s3-program.ts';
import { writeCertificates } from './test-certificates.ts';
import { timeouts } from './timeouts.ts';

const BUCKET = 'backups';
const REGION = 'us-east-1';
const ACCESS_KEY = 'access-of-this-test';
const SECRET_KEY = 'secret-of-this-test';

export async function createS3Repository(): Promise<BackupRepository> {
  const program = await findS3Server();
  const root = await mkdtemp(join(tmpdir(), 's3-'));
  await chmod(root, 0o755);
  const [data, meta, credentials] = ['data', 'meta', 'credentials'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(join(data, BUCKET), { recursive: true });
  await mkdir(meta);
  await mkdir(credentials);
  // pgBackRest compares names, not addresses.
  const { folder, ca } = await writeCertificates(join(root, 'tls'), ['localhost'], RUN_AS?.gid);
  const keys = { 'access-key': ACCESS_KEY, 'secret-key': SECRET_KEY, 'ca.crt': ca };
  for (const [key, text] of Object.entries(keys)) await writeFile(join(credentials, key), text);
  const port = await freePort();
  const server = start(program, { root, folder, port, data, meta });
  await eventually(() => answers(port, ca), { withinMs: timeouts.localServerReadyMs });
  return {
    env: { BACKUP_CREDENTIALS_DIR: credentials },
    spec: {
      s3: { bucket: BUCKET, endpoint: `localhost:${port}`, region: REGION, prefix: '/pg', pathStyle: true },
    },
    takeAway: () => Promise.resolve(void server.kill('SIGSTOP')),
    giveBack: () => Promise.resolve(void server.kill('SIGCONT')),
    close: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Places {
  readonly root: string;
  /** Of the certificate. */
  readonly folder: string;
  readonly port: number;
  readonly data: string;
  readonly meta: string;
}

function start(program: string, { root, folder, port, data, meta }: Places): ChildProcess {
  const log = openSync(join(root, 'log'), 'a');
  const tls = ['--cert', join(folder, 'tls.crt'), '--key', join(folder, 'tls.key')];
  const global = ['--port', `127.0.0.1:${port}`, '--region', REGION, '--quiet', ...tls];
  // Metadata in files of their own: not every file system of a developer has extended attributes.
  return spawn(program, [...global, 'posix', '--sidecar', meta, data], {
    cwd: root,
    env: { PATH: process.env.PATH, ROOT_ACCESS_KEY_ID: ACCESS_KEY, ROOT_SECRET_ACCESS_KEY: SECRET_KEY },
    stdio: ['ignore', log, log],
  });
}

/** Resolves once it says anything at all over TLS. */
function answers(port: number, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', servername: 'localhost', port, ca, timeout: 1000 },
      (response) => {
        response.resume();
        resolve();
      },
    );
    asked
      .on('error', reject)
      .on('timeout', () => asked.destroy(new Error('no answer')))
      .end();
  });
}
