import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { inputsOf, tagOf } from '../../../k8s/images/inputs.ts';

describe('The tag of an image', () => {
  let folder: string;
  let dockerfile: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    dockerfile = join(folder, 'Dockerfile');
    mkdirSync(join(folder, 'bin/more'), { recursive: true });
    writeFileSync(join(folder, 'bin/start'), 'start');
    writeFileSync(join(folder, 'bin/more/stop'), 'stop');
    writeFileSync(join(folder, 'notes.txt'), 'not copied');
    writeFileSync(
      dockerfile,
      'FROM debian:trixie-slim\nCOPY --chown=1:1 bin/ \\\n  /usr/local/bin/\nCOPY --from=x /a /b\n',
    );
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function tag(baseIds = ['sha256:1']): string {
    return tagOf(dockerfile, folder, inputsOf(dockerfile, folder).files, baseIds);
  }

  it('is made of the files its COPY instructions name, and of its base', () => {
    expect(inputsOf(dockerfile, folder)).to.deep.equal({
      bases: ['debian:trixie-slim'],
      files: ['bin/more/stop', 'bin/start'],
    });
  });

  it('stays the same while they do', () => {
    const before = tag();
    writeFileSync(join(folder, 'notes.txt'), 'changed');
    expect(tag())
      .to.equal(before)
      .and.to.match(/^[0-9a-f]{12}$/);
  });

  for (const [what, change] of [
    ['a copied file', () => writeFileSync(join(folder, 'bin/more/stop'), 'stop!')],
    ['a file that came', () => writeFileSync(join(folder, 'bin/new'), '')],
    ['a file mode', () => chmodSync(join(folder, 'bin/start'), 0o755)],
    ['the Dockerfile', () => writeFileSync(dockerfile, 'FROM debian:trixie-slim\nCOPY bin/ /opt/\n')],
  ] as const) {
    it(`changes with ${what}`, () => {
      const before = tag();
      change();
      expect(tag()).not.to.equal(before);
    });
  }

  it('changes with the base image', () => {
    expect(tag(['sha256:2'])).not.to.equal(tag(['sha256:1']));
  });

  it('cannot be made when a copied file is not there', () => {
    writeFileSync(dockerfile, 'FROM debian:trixie-slim\nCOPY dist/ /app/\n');
    expect(() => tag()).to.throw(`COPY dist/: there is no such file in ${folder}`);
  });
});
