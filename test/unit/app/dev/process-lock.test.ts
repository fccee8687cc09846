import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { claimFolder } from '../../../../app/dev/only-one.ts';
import { takeLock } from '../../../../app/dev/process-lock.ts';

class Held extends Error {}
const heldBy = (pid: number): Error => new Held(`process ${pid}`);

describe('The lock of a process', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'process-lock-'));
    file = join(folder, 'lock');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is free again after its release', () => {
    takeLock(file, heldBy)();
    expect(existsSync(file)).to.equal(false);
    takeLock(file, heldBy)();
  });

  it('refuses a second holder and names the first', () => {
    takeLock(file, heldBy);
    expect(() => takeLock(file, heldBy)).to.throw(Held, `process ${process.pid}`);
  });

  it('is taken over from a holder that was killed', async () => {
    const program = `import { takeLock } from '${join(import.meta.dirname, '../../../../app/dev/process-lock.ts')}';
      takeLock('${file}', Error); process.stdout.write('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', program]);
    await once(holder.stdout, 'data');
    expect(() => takeLock(file, heldBy)).to.throw(Held, `process ${holder.pid ?? 0}`);

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    takeLock(file, heldBy);
    expect(readFileSync(file, 'utf8')).to.match(new RegExp(`^${process.pid} `));
  });

  it('is taken over when its number was given to another process', function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    writeFileSync(file, `${process.pid} 1`);
    takeLock(file, heldBy);
  });

  it('is not released by somebody who lost it', () => {
    const release = takeLock(file, heldBy);
    writeFileSync(file, '1 1');
    release();
    expect(existsSync(file)).to.equal(true);
  });

  it('of a data folder is taken over when a crash left it and its number was given to another process', () => {
    writeFileSync(join(folder, 'pid'), String(process.ppid));
    claimFolder(folder)();
  });
});
