// The app of `make dev` starts again on a change, and survives a change that breaks it.
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWatchedApp } from '../../../app/dev/watched-app.ts';
import type { WatchedApp } from '../../../app/dev/watched-app.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('the app of make dev', function () {
  this.timeout(timeouts.fixtureMs);
  let folder: string;
  let lines: string[];
  let app: WatchedApp;

  /** An app that says what it was asked to do, and its version. */
  const write = (version: string): void =>
    writeFileSync(
      join(folder, 'main.ts'),
      `console.log(process.argv[2], '${version}');
       if (process.argv[2] === 'serve') { setInterval(() => undefined, 1000); ${version === 'bad' ? 'nothing.here' : ''} }`,
    );
  const says = (line: string, times = 1): Promise<void> =>
    eventually(
      () =>
        expect(
          lines.filter((one) => one === line),
          lines.join('\n'),
        ).to.have.length(times),
      { withinMs: timeouts.soonMs * 2, everyMs: 20 },
    ).then(() => undefined);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'test-watched-'));
    mkdirSync(join(folder, 'migrations'));
    lines = [];
    write('first');
    app = await startWatchedApp({ folder, env: {}, log: (line) => lines.push(line) });
  });
  afterEach(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  it('starts again when a file changes', async () => {
    await says('serve first');
    write('second');
    await says('serve second');
  });

  it('waits for the next change when one breaks it', async () => {
    await says('serve first');
    write('bad');
    await says('serve bad');
    write('good');
    await says('serve good');
  });

  it('applies a new migration before it starts again', async () => {
    await says('serve first');
    writeFileSync(join(folder, 'migrations', '9_new.sql'), '');
    await says('dev: migrations/9_new.sql changed, starting the app again');
    await says('serve first', 2);
    expect(lines.lastIndexOf('migrate first')).to.be.within(2, lines.lastIndexOf('serve first'));
  });
});
