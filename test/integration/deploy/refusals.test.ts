// What `make deploy` answers to a mistake: one line that says what is wrong and what is known or to be done, an
// exit code, and nothing touched. None of these needs, or makes, a cluster.
import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile, takeLock } from '../../../k8s/deploy/lock.ts';
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

  it('to run while another one runs, and names it', async () => {
    const release = takeLock(join(folder, lockFile(`${productName}-deploy`).split('/').at(-1)!));
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

  it('a port that is taken, and says by whom', async () => {
    const port = 8080;
    let holder: Server | undefined;
    // A cluster that runs here holds it already.
    if (!(await isBusy(port))) {
      holder = createServer().listen(port, '127.0.0.1');
      await once(holder, 'listening');
    }
    try {
      const ended = await runCommand('bash', ['k8s/kind/preflight.sh'], {}, timeouts.fixtureMs);
      expectOneLine(ended, /Port 8080 on localhost is held by .*: stop it/);
    } finally {
      holder?.close();
    }
  });
});
