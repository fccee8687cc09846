import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { takeLock } from '../../../k8s/deploy/lock.ts';
import { Refusal } from '../../../k8s/deploy/settings.ts';

describe('The lock of a deployment', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'deploy.lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is free again after its release', () => {
    takeLock(file)();
    expect(existsSync(file)).to.equal(false);
    takeLock(file)();
  });

  it('refuses a second holder and names the first', () => {
    takeLock(file);
    expect(() => takeLock(file)).to.throw(Refusal, `process ${process.pid}`);
  });

  it('is taken over from a holder that was killed', async () => {
    const program = `import { takeLock } from '${join(import.meta.dirname, '../../../k8s/deploy/lock.ts')}';
      takeLock('${file}'); process.stdout.write('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
    await once(holder.stdout, 'data');
    expect(() => takeLock(file)).to.throw(Refusal, `process ${holder.pid ?? 0}`);

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    takeLock(file);
    expect(readFileSync(file, 'utf8')).to.match(new RegExp(`^${process.pid} `));
  });

  it('is taken over when its number was given to another process', function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    writeFileSync(file, `${process.pid} 1`);
    takeLock(file);
  });

  it('is not released by somebody who lost it', () => {
    const release = takeLock(file);
    writeFileSync(file, '1 1');
    release();
    expect(existsSync(file)).to.equal(true);
  });
});
