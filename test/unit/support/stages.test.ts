import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStages } from '../../support/stages.ts';
import type { Stage, StageContext } from '../../support/stages.ts';
import { closingLine } from '../../support/totals.ts';

describe('the stages of a test run', function () {
  this.timeout(20_000);
  let folder: string;
  let printed: string;
  let context: StageContext;
  let interrupt: AbortController;
  const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];
  const counting = (totals: string, code: number): [string, ...string[]] =>
    node(`fs.appendFileSync(process.env.TEST_TOTALS_FILE, '${totals}\\n'); process.exitCode = ${code}`);
  const stage = (name: string, rest: Partial<Stage>): Stage => ({
    name,
    counts: 'one',
    limitMs: 10_000,
    commands: [],
    ...rest,
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-stages-'));
    printed = '';
    interrupt = new AbortController();
    context = {
      totalsFile: ({ name }) => join(folder, name),
      print: (text) => {
        printed += text;
      },
      signal: interrupt.signal,
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('go on after one that failed', async () => {
    const results = await runStages(
      [
        stage('first', { commands: [node('process.exitCode = 3')] }),
        stage('second', { commands: [node('')] }),
      ],
      context,
    );
    expect(results.map(({ totals }) => closingLine(totals))).to.deep.equal([
      '0 passed, 1 failed, 0 skipped',
      '1 passed, 0 failed, 0 skipped',
    ]);
  });

  it('count what the reporter left', async () => {
    const commands = [counting('{"passed":4,"failed":1,"skipped":1,"failures":["a cart is kept: lost"]}', 2)];
    const [result] = await runStages([stage('unit', { counts: 'reporter', commands })], context);
    expect(result?.totals).to.deep.equal({
      passed: 4,
      failed: 1,
      skipped: 1,
      failures: ['a cart is kept: lost'],
    });
  });

  it('count a suite that ends badly without a failed test as one failure', async () => {
    const crashed = stage('crashed', { counts: 'reporter', commands: [node('process.exitCode = 1')] });
    const late = stage('late', {
      counts: 'reporter',
      commands: [counting('{"passed":4,"failed":0,"skipped":0,"failures":[]}', 7)],
    });
    const results = await runStages([crashed, late], context);
    expect(results.map(({ totals }) => totals.failed)).to.deep.equal([1, 1]);
  });

  it('do not start when what they need is missing, and say what', async () => {
    const prepare = (): Promise<void> => Promise.reject(new Error('missing: chromium'));
    const commands = [node('process.exitCode = 0')];
    const [result] = await runStages([stage('e2e', { counts: 'reporter', prepare, commands })], context);
    expect(result?.totals.failed).to.equal(1);
    expect(printed).to.contain('e2e: missing: chromium');
  });

  it('are stopped at their time limit', async () => {
    const commands = [node('setTimeout(() => undefined, 60_000)')];
    const [result] = await runStages([stage('hung', { limitMs: 300, commands })], context);
    expect(result?.totals.failed).to.equal(1);
    expect(printed).to.contain('hung: not done after 0.3 s, stopped');
  });

  it('end at once when the run is interrupted, and no further one begins', async () => {
    const commands = [node('setTimeout(() => undefined, 60_000)')];
    const run = runStages([stage('hung', { commands }), stage('next', { commands })], context);
    setTimeout(() => interrupt.abort(new Error('interrupted')), 200);
    const results = await run;
    expect(results.map(({ totals }) => totals.failed)).to.deep.equal([1, 1]);
    expect(printed).to.contain('next: interrupted');
  });

  it('show what one in the background wrote when it has ended, and wait for it', async () => {
    const background = stage('lint', { background: true, commands: [node('console.log("a finding")')] });
    const results = await runStages([background, stage('types', { commands: [node('')] })], context);
    expect(results.map(({ name }) => name)).to.deep.equal(['lint', 'types']);
    expect(printed).to.match(/a finding\n✔ lint/);
  });
});
