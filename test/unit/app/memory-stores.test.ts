// What a pod keeps in its own memory has limits; they are worth something only while all of it fits into the heap
// that the image gives the process.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { imageCommand } from '../../load/bench/processes.ts';
import { timeouts } from '../../support/timeouts.ts';

const program = 'test/support/fill-memory-stores.ts';

describe('sessions and carts in memory', function () {
  this.timeout(timeouts.fixtureMs);

  it('fit into the heap of a pod, when there are as many as are kept and every cart is full', async () => {
    const flags = imageCommand().filter((arg) => arg.startsWith('--'));
    expect(flags.join(' ')).to.include('--max-old-space-size=');

    const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);

    expect(stdout).to.match(/^[1-9]\d* sessions, 50 lines$/m);
  });
});
