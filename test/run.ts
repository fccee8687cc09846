// `make test`: types, lint, unit, manifests, integration and end-to-end tests, one after the other, summed up in the last
// line. `--quick` (make check) leaves out what needs a cluster or takes minutes; `--only a,b` runs the named stages.
import type { Dirent } from 'node:fs';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePrograms } from '../app/dev/packages.ts';
import type { SystemProgram } from '../app/dev/packages.ts';
import { refusalOfNamedCluster } from './support/only-our-cluster.ts';
import { programs } from './support/programs.ts';
import { runStages } from './support/stages.ts';
import type { Stage, StageResult } from './support/stages.ts';
import { closingLine, sumTotals } from './support/totals.ts';

const node = process.execPath;
const bin = (path: string): [string, string] => [node, `node_modules/${path}`];
const minuteMs = 60_000;
const print = (text: string): void => void process.stdout.write(text);

const cache = (tool: string): string[] => ['--cache', '--cache-location', `.cache/${tool}`];
const byContent = ['--cache-strategy', 'content'];
const parallel = ['--parallel', '--jobs', '4'];
/** A file has up to eight servers: with more files at once on two cores, an operator is later than the Sentinels. */
const fewAtOnce = ['--parallel', '--jobs', '2'];
const ignored = (files: string): string[] => ['--ignore', files];
/** What `make check` leaves out. */
const slowStages = ['long', 'e2e'];

const { redis, sentinel, postgresql, chromium, nft, ip, openssl, java, maven } = programs;
const stores = [redis, sentinel, postgresql];

/** Integration tests that browse every page, break real servers or wait out real time: minutes together. */
const long = [
  'app/{accessibility,image-bundle,kept-carts,limits,log-secrets,pages,session-change,session-contract}',
  'dev/make-dev',
  '{node-agent,operator,redis}/*',
].map((files) => `test/integration/${files}.test.ts`);

function mochaStage(
  name: string,
  limitMs: number,
  needs: readonly SystemProgram[],
  flags: string[] = [],
): Stage {
  return {
    name,
    counts: 'reporter',
    limitMs,
    prepare: () => install(needs),
    commands: [[...bin('mocha/bin/mocha.js'), ...flags, `test/${name}/**/*.test.ts`]],
  };
}

const install = (needs: readonly SystemProgram[]): Promise<void> =>
  ensurePrograms(needs, (line) => print(`  ${line}\n`));

function allStages(): Stage[] {
  const manifests = mochaStage('manifests', 15 * minuteMs, []);
  const e2e = mochaStage('e2e', 30 * minuteMs, [programs.chromium], ['--require', 'test/support/hooks.ts']);
  return [
    {
      name: 'lint',
      counts: 'one',
      limitMs: 10 * minuteMs,
      background: true,
      prepare: () => install([programs.shellcheck]),
      commands: [
        // By content: a clone's files are all new. What a rule knows of other files' types is as old as the entry, so a
        // change that breaks only its users is found by tsc at once, and by CI's clean clone at the latest.
        [...bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0', ...cache('eslint'), ...byContent],
        [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.', ...cache('prettier')],
        ['shellcheck', ...shellScripts()],
        [node, 'test/audit/audit.ts'],
      ],
    },
    {
      name: 'types',
      counts: 'one',
      limitMs: 5 * minuteMs,
      commands: [[...bin('typescript/bin/tsc'), '--noEmit']],
    },
    mochaStage('unit', 5 * minuteMs, []),
    // The chart is rendered with the real helm, built from its Go module where the machine has none.
    { ...manifests, commands: [['bash', 'k8s/kind/tools.sh', 'helm'], ...manifests.commands] },
    // Each file has servers, ports and namespaces of its own, and waits for them most of the time.
    mochaStage('integration', 15 * minuteMs, stores, [...parallel, ...long.flatMap(ignored)]),
    {
      ...mochaStage('long', 35 * minuteMs, [...stores, chromium, nft, ip, openssl, java, maven]),
      // Backups go to a real S3 server, built like helm.
      commands: [
        ['bash', 'k8s/kind/tools.sh', 'versitygw'],
        [...bin('mocha/bin/mocha.js'), ...fewAtOnce, ...long],
      ],
    },
    // A cluster that is up and a shop that has not changed cost this a few seconds.
    { ...e2e, limitMs: 60 * minuteMs, commands: [[node, 'k8s/deploy/deploy.ts'], ...e2e.commands] },
  ];
}

/** Every shell script of the repository, by name or by first line. */
function shellScripts(): string[] {
  const exclude = ({ name }: Dirent): boolean =>
    ['node_modules', '.cache', '.git', 'dist', 'artifacts'].includes(name);
  return globSync('{.ci/*,**/*}', { exclude, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative('.', join(entry.parentPath, entry.name)))
    .filter((path) => path.endsWith('.sh') || /^#!.*\b(ba)?sh$/m.test(firstLine(path)));
}

function firstLine(path: string): string {
  return readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
}

function chosenStages(args: string[]): Stage[] {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, only: { type: 'string' } },
  });
  const stages = allStages();
  const names = stages.map(({ name }) => name);
  const only = values.only?.split(',') ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`no stage named ${unknown}; known: ${names.join(', ')}`);
  return stages.filter(
    ({ name }) => only.includes(name) && !(values.quick === true && slowStages.includes(name)),
  );
}

function printSummary(results: readonly StageResult[], elapsedMs: number): void {
  const rows = results.map(({ name, totals, elapsedMs: ms }) => {
    return `  ${name.padEnd(12)} ${closingLine(totals).padEnd(36)} ${(ms / 1000).toFixed(1).padStart(7)} s`;
  });
  const failures = results.flatMap(({ name, totals }) =>
    totals.failures.map((failure) => `  ✘ ${name}: ${failure}\n`),
  );
  print(
    `\n${failures.join('')}\n${rows.join('\n')}\n  ${'all'.padEnd(49)} ${(elapsedMs / 1000).toFixed(1).padStart(7)} s\n\n`,
  );
}

async function main(): Promise<number> {
  const stages = chosenStages(process.argv.slice(2));
  const refusal = refusalOfNamedCluster(process.env);
  // Said at once, and not after the half hour of all other stages.
  if (refusal !== undefined && stages.some(({ name }) => name === 'e2e')) throw new Error(refusal);
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'test-totals-'));
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupt.abort(new Error('interrupted')));
  }
  try {
    const totalsFile = (stage: Stage): string => join(folder, stage.name);
    const results = await runStages(stages, { totalsFile, print, signal: interrupt.signal });
    printSummary(results, performance.now() - start);
    const totals = sumTotals(results.map((result) => result.totals));
    print(`${closingLine(totals)}\n`);
    return totals.failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`test: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
