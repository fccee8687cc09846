import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusalOfNamedCluster } from '../../support/only-our-cluster.ts';

const named = { KUBE_CONTEXT: 'production', IMAGE_REGISTRY: 'registry.example.org' };

describe('Tests that break their cluster', () => {
  it('run on the one that make deploy makes here', () => {
    expect(refusalOfNamedCluster({ KUBE_CONTEXT: '' })).to.equal(undefined);
  });

  it('refuse a cluster that the shell names', () => {
    expect(refusalOfNamedCluster(named)).to.match(/KUBE_CONTEXT=production .* unset it/);
  });

  for (const [what, args] of [
    ['end-to-end', ['node_modules/mocha/bin/mocha.js', '--require', 'test/support/hooks.ts']],
    ['make test', ['test/run.ts', '--only', 'e2e']],
  ] as const) {
    it(`look at nothing in it before they do: ${what}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'named-'));
      const called = join(folder, 'called');
      writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\ntouch ${called}\nexit 1\n`, { mode: 0o755 });
      try {
        const empty = join(folder, 'empty.test.ts');
        writeFileSync(empty, "it('is here', () => undefined);\n");
        const env = { ...process.env, ...named, PATH: `${folder}:${process.env.PATH}` };
        const last = what === 'end-to-end' ? [empty] : [];
        const { status, stderr, stdout } = spawnSync(process.execPath, [...args, ...last], {
          env,
          encoding: 'utf8',
        });
        expect(status).to.be.greaterThan(0);
        expect(stdout + stderr).to.include('unset it');
        expect(spawnSync('test', ['-e', called]).status, 'kubectl was called').to.equal(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
