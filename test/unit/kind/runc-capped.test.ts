// The runc wrapper, with a runc in its place that only says how it was called.
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const wrapper = join(import.meta.dirname, '../../../k8s/kind/runc-capped');
const sysResource = 24;

function hasCapability(bit: number): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return ((BigInt(`0x${bounding}`) >> BigInt(bit)) & 1n) === 1n;
}

describe('runc-capped', function () {
  let folder: string;

  before(function () {
    if (process.platform !== 'linux') this.skip();
    folder = mkdtempSync(join(tmpdir(), 'runc-capped-'));
    writeFileSync(join(folder, 'runc'), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n');
    chmodSync(join(folder, 'runc'), 0o755);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function call(...args: string[]): { code: number; stdout: string } {
    try {
      execFileSync(wrapper, args, { env: { PATH: `${folder}:${process.env['PATH']}` }, encoding: 'utf8' });
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { code: status, stdout };
    }
    throw new Error('the wrapper hid the exit code of runc');
  }

  const allLists = (names: string[]): object => ({
    args: ['sh', '-c', 'echo CAP_SYS_RESOURCE'],
    capabilities: { bounding: names, effective: names, permitted: names },
    oomScoreAdj: -997,
  });

  it('hands arguments and exit code through', () => {
    expect(call('--root', '/run/x y', 'state', 'id')).to.deep.equal({
      code: 7,
      stdout: '--root\n/run/x y\nstate\nid\n',
    });
  });

  for (const names of [
    ['CAP_SYS_RESOURCE', 'CAP_CHOWN'],
    ['CAP_CHOWN', 'CAP_SYS_RESOURCE'],
    ['CAP_CHOWN', 'CAP_SYS_RESOURCE', 'CAP_KILL'],
    ['CAP_SYS_RESOURCE'],
  ]) {
    it(`leaves of ${names.join(', ')} what this machine has, in a new container and in an exec`, () => {
      const kept = hasCapability(sysResource) ? names : names.filter((name) => name !== 'CAP_SYS_RESOURCE');
      const expected = {
        ...allLists(kept),
        oomScoreAdj: hasCapability(sysResource) ? -997 : 0,
      };
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ process: allLists(names) }));
      call('create', '--bundle', folder, 'id');
      expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).to.deep.equal({
        process: expected,
      });

      const process = join(folder, 'process.json');
      writeFileSync(process, JSON.stringify(allLists(names)));
      call('exec', '--process', process, 'id');
      expect(JSON.parse(readFileSync(process, 'utf8'))).to.deep.equal(expected);
    });
  }
});
