// The hash by which image builders know that nothing has to be made again.
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const library = join(import.meta.dirname, '../../../k8s/kind/images/image.sh');

function hashOf(...inputs: string[]): string {
  return execFileSync('bash', ['-c', '. "$0"; hash_of "$@"', library, ...inputs], {
    encoding: 'utf8',
  }).trim();
}

describe('the hash of the inputs of an image', () => {
  let folder: string;
  const file = (): string => join(folder, 'context/sub/file');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'content-hash-'));
    mkdirSync(join(folder, 'context/sub'), { recursive: true });
    writeFileSync(file(), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const hash = (): string => hashOf(join(folder, 'context'), 'v1');

  it('stays when only times change', () => {
    const before = hash();
    utimesSync(file(), 1, 1);
    expect(hash())
      .to.equal(before)
      .and.to.match(/^[0-9a-f]{16}$/);
  });

  it('changes with a content, a name and a text', () => {
    const seen = new Set([hash(), hashOf(join(folder, 'context'), 'v2')]);
    writeFileSync(file(), 'two');
    seen.add(hash());
    renameSync(file(), `${file()}.new`);
    seen.add(hash());
    expect(seen.size).to.equal(4);
  });

  it('does not depend on where the repository lies', () => {
    const before = hash();
    renameSync(join(folder, 'context'), join(folder, 'elsewhere'));
    expect(hashOf(join(folder, 'elsewhere'), 'v1')).to.equal(before);
  });
});
