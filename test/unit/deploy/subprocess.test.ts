import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRunning, run } from '../../../k8s/lib/subprocess.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('another program that is run', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-subprocess-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const failure = (pending: Promise<string>): Promise<Error> =>
    pending.then(
      () => expect.fail('it ended well'),
      (error: unknown) => error as Error,
    );

  /** A script with a program of its own, whose process id it writes down. */
  function scriptWithChild(deadlineMs: number): { ended: Promise<Error>; childRuns: () => boolean } {
    const file = join(folder, 'pid');
    const script = `sleep 60 & echo $! >${file}.part; mv ${file}.part ${file}; wait`;
    const ended = failure(run('bash', ['-c', script], { ownGroup: true, deadlineMs }));
    const childRuns = (): boolean => {
      try {
        return process.kill(Number(readFileSync(file, 'utf8')), 0);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
        throw error;
      }
    };
    return { ended, childRuns };
  }

  it('says which one it was and what it complained of last', async () => {
    const error = await failure(run('bash', ['-c', 'echo no room >&2; exit 3']));
    expect(error.message).to.match(/^bash -c .*exit 3: no room$/s);
  });

  it('says so when it does not exist', async () => {
    expect((await failure(run('no-such-program', []))).message).to.match(/^no-such-program .*ENOENT/);
  });

  it('is stopped with all it started when we are told to stop', async () => {
    const { ended, childRuns } = scriptWithChild(60_000);
    await eventually(() => expect(childRuns()).to.equal(true), { withinMs: timeouts.soonMs });
    killRunning();
    expect((await ended).message).to.contain('by signal');
    await eventually(() => expect(childRuns()).to.equal(false), { withinMs: timeouts.soonMs });
  });

  it('is stopped with all it started at its deadline', async () => {
    const { ended, childRuns } = scriptWithChild(500);
    expect((await ended).message).to.contain('not done after 0.5 s');
    await eventually(() => expect(childRuns()).to.equal(false), { withinMs: timeouts.soonMs });
  });
});
