// The end of a process whose log nobody reads any more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { timeouts } from '../../../support/timeouts.ts';

const program = `
import { createLog, flushed } from './app/platform/log.ts';
const log = createLog({ level: 'info', pod: 'test' });
process.stdin.once('data', async () => {
  log.info('the last line');
  await flushed(log);
  process.exit(7);
});
process.stderr.write('ready');
`;

describe('the log', function () {
  this.timeout(timeouts.soonMs);

  for (const isRead of [true, false]) {
    it(`lets the process end ${isRead ? 'after its last line' : 'although nobody reads it any more'}`, async () => {
      const limits = { timeout: timeouts.soonMs / 2, killSignal: 'SIGKILL' } as const;
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], limits);
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
});
