// The end of a process whose log nobody reads any more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { timeouts } from '../../../support/timeouts.ts';

const begin = `
import { createLog, flushed } from './app/platform/log.ts';
const log = createLog({ level: 'info', pod: 'test' });
`;
const program = `${begin}
process.stdin.once('data', async () => {
  log.info('the last line');
  await flushed(log);
  process.exit(7);
});
process.stderr.write('ready');
`;

const limits = { timeout: timeouts.soonMs / 2, killSignal: 'SIGKILL' } as const;
const start = (text: string) =>
  spawn(process.execPath, ['--input-type=module-typescript', '-e', text], limits);

describe('the log', function () {
  this.timeout(timeouts.soonMs);

  for (const isRead of [true, false]) {
    it(`lets the process end ${isRead ? 'after its last line' : 'although nobody reads it any more'}`, async () => {
      const child = start(program);
      try {
        await once(child.stderr, 'data');
        let text = '';
        if (isRead) child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
        else child.stdout.destroy();
        child.stdin.write('go');
        expect(await once(child, 'exit')).to.deep.equal([7, null]);
        expect(text).to.include(isRead ? 'the last line' : '');
      } finally {
        child.kill('SIGKILL');
      }
    });
  }

  for (const [end, code] of [
    ['process.exit(3)', 3],
    ["throw new Error('unexpected')", 1],
    ['', 0],
  ] as const) {
    it(`has every line out when the process ends by ${end === '' ? 'itself' : end}`, async () => {
      const child = start(`${begin} for (let n = 1; n <= 20; n += 1) log.info('line %d.', n); ${end}`);
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      expect(await once(child, 'close')).to.deep.equal([code, null]);
      expect(text.match(/line \d+\./g)).to.have.length(20);
      expect(text).to.include('line 20.');
    });
  }

  it('has a line out soon, although few follow it', async () => {
    const child = start(`${begin} log.info('alone'); setTimeout(() => undefined, 60_000);`);
    try {
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      expect(chunk.toString()).to.include('alone');
    } finally {
      child.kill('SIGKILL');
    }
  });
});
