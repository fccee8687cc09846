// Whether images are pulled or built. The engine is a stand-in that answers as the real one does: no machine has an
// image registry at one time and none at another.
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../../k8s/kind/registry.sh');

interface Engine {
  /** What `docker pull` exits with. */
  readonly pull: number;
  readonly runtime: string;
  /** The label of the node image that is there; undefined: there is none. */
  readonly label?: string;
}

describe('the choice between pulling images and building them', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'registry-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function choose({ pull, runtime, label }: Engine, images?: string): { said: string; pulls: number } {
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    const inspect = label === undefined ? 'exit 1' : `echo '${label}'`;
    const cases = [`info) echo ${runtime} ;;`, `image) ${inspect} ;;`, `pull) exit ${pull} ;;`];
    const engine = `#!/bin/sh\necho "$1" >> ${calls}\ncase $1 in\n${cases.join('\n')}\nesac\n`;
    writeFileSync(join(folder, 'docker'), engine);
    chmodSync(join(folder, 'docker'), 0o755);
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, IMAGES: images };
    const { stdout, stderr } = spawnSync('bash', [script], { env, encoding: 'utf8' });
    const pulls = readFileSync(calls, 'utf8')
      .split('\n')
      .filter((call) => call === 'pull').length;
    return { said: (stdout + stderr).trim(), pulls };
  }

  it('is to pull where a registry answers', () => {
    expect(choose({ pull: 0, runtime: 'runc' })).to.deep.equal({ said: 'pull', pulls: 1 });
  });

  it('is to build where none does', () => {
    expect(choose({ pull: 1, runtime: 'runc' })).to.deep.equal({ said: 'build', pulls: 1 });
  });

  it('is to build, without asking, where this was the answer before', () => {
    expect(choose({ pull: 0, runtime: 'runc', label: '0123abcd' })).to.deep.equal({
      said: 'build',
      pulls: 0,
    });
  });

  it('is to pull where the node image came from a registry', () => {
    expect(choose({ pull: 0, runtime: 'runc', label: '<no value>' }).said).to.equal('pull');
  });

  it('is to build, without asking, where upstream’s node image cannot start', () => {
    expect(choose({ pull: 0, runtime: 'capped' })).to.deep.equal({ said: 'build', pulls: 0 });
  });

  it('is the caller’s, except where it cannot work or has no meaning', () => {
    expect(choose({ pull: 1, runtime: 'runc' }, 'pull')).to.deep.equal({ said: 'pull', pulls: 0 });
    expect(choose({ pull: 0, runtime: 'runc' }, 'build')).to.deep.equal({ said: 'build', pulls: 0 });
    expect(choose({ pull: 0, runtime: 'capped' }, 'pull').said).to.include('leave it out');
    expect(choose({ pull: 0, runtime: 'runc' }, 'borrow').said).to.include('IMAGES=borrow is not known');
  });
});
