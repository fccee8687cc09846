// What `make deploy` answers to a mistake: one line that says what is wrong and what is known or to be done, an
// exit code, and nothing touched. None of these needs, or makes, a cluster.
import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDeployment, lockFile } from '../../../k8s/deploy/lock.ts';
import { productName } from '../../../k8s/lib/names.ts';
import { deploy, runCommand } from '../../support/deploy-command.ts';
import type { Ended } from '../../support/deploy-command.ts';
import { isBusy } from '../../support/free-port.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('make deploy refuses', function () {
  this.timeout(timeouts.fixtureMs);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-deploy-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** With a temporary folder of its own, so that it does not meet the lock of a real deployment. */
  const refused = (env: Readonly<Record<string, string>>): Promise<Ended> =>
    deploy({ TMPDIR: folder, ...env }, timeouts.fixtureMs);

  function expectOneLine({ code, stdout, stderr }: Ended, pattern: RegExp): void {
    expect(stderr).to.match(pattern);
    expect(stderr.trimEnd().split('\n'), stderr).to.have.length(1);
    expect(stdout).to.equal('');
    expect(code).to.equal(1);
  }

  it('an unknown profile, with the list of known ones', async () => {
    expectOneLine(await refused({ PROFILE: 'gke' }), /gke.*kind.*eks/);
  });

  it('an unknown way to get images, with the list of known ones', async () => {
    expectOneLine(await refused({ IMAGES: 'guess' }), /IMAGES=guess.*pull, build/);
  });

  it('a misspelt variable instead of ignoring it', async () => {
    expectOneLine(await refused({ KUBECONTEXT: 'prod' }), /KUBECONTEXT.*KUBE_CONTEXT/);
  });

  it('a profile for the cloud without a cluster that was named', async () => {
    expectOneLine(await refused({ PROFILE: 'eks' }), /PROFILE=eks needs KUBE_CONTEXT/);
  });

  it('a named cluster without a place its nodes can pull from', async () => {
    expectOneLine(await refused({ KUBE_CONTEXT: 'prod' }), /KUBE_CONTEXT=prod needs IMAGE_REGISTRY/);
  });

  it('a profile for the cloud with the addresses of its examples', async () => {
    const env = { PROFILE: 'eks', KUBE_CONTEXT: 'prod', IMAGE_REGISTRY: 'registry.example.org' };
    expectOneLine(await refused(env), /PROFILE=eks needs VALUES=file .*values-eks\.yaml are examples/);
  });

  it('to run while another one runs, and names it', async () => {
    const release = lockDeployment(join(folder, lockFile(`${productName}-deploy`).split('/').at(-1)!));
    try {
      // Should the lock fail, a context that does not exist keeps this from deploying for real.
      expectOneLine(
        await refused({ KUBE_CONTEXT: 'kind-nowhere' }),
        new RegExp(`another make deploy is running .*${process.pid}`),
      );
    } finally {
      release();
    }
  });

  describe('a machine', () => {
    /** preflight.sh where `docker info` and `df` answer as told: a full disk cannot be had. */
    async function preflight(machine: { memoryGb?: number; freeGb?: number } = {}): Promise<Ended> {
      const { memoryGb = 16, freeGb = 100 } = machine;
      const docker = `case $3 in *DockerRootDir*) echo ${folder} ;; *) echo ${memoryGb * 1e9} ;; esac`;
      const df = `printf 'Filesystem 1024-blocks Used Available\\nnone 1 1 ${freeGb * 1024 * 1024}\\n'`;
      for (const [name, script] of Object.entries({ docker, df })) {
        writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      }
      const env = { PATH: `${folder}:${process.env.PATH ?? ''}` };
      return runCommand('bash', ['k8s/kind/preflight.sh'], env, timeouts.fixtureMs);
    }

    it('with too little disk, and says how much is needed', async () => {
      expectOneLine(await preflight({ freeGb: 9 }), /has 9 GB free; .* need 10 GB/);
    });

    it('with too little memory, and says how much is needed', async () => {
      expectOneLine(await preflight({ memoryGb: 4 }), /has 4 GB of memory; .* needs 5 GB/);
    });

    it('with a port that is taken, and says by whom', async () => {
      const port = 8080;
      let holder: Server | undefined;
      // A cluster that runs here holds it already.
      if (!(await isBusy(port))) {
        holder = createServer().listen(port, '127.0.0.1');
        await once(holder, 'listening');
      }
      try {
        expectOneLine(await preflight(), /Port 8080 on localhost is held by .*: stop it/);
      } finally {
        holder?.close();
      }
    });
  });
});
