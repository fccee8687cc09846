// `make chaos`: the faults of one suite on the kind cluster, each several times, ending with a table.
//   SUITE=postgres|redis   what is broken (default postgres)
//   SCENARIO=…             only the scenarios whose name matches this (a regular expression)
//   RUNS=5                 how often each
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const suite = process.env.SUITE || 'postgres';
const file = `test/chaos/${suite}.test.ts`;
if (!/^[a-z]+$/.test(suite) || !existsSync(file)) {
  process.stderr.write(`chaos: SUITE=${suite} is unknown\n`);
  process.exit(2);
}
const only = process.env.SCENARIO ? ['--grep', process.env.SCENARIO] : [];
// A name that fits no scenario is a mistake, not a success.
const args = [
  'node_modules/mocha/bin/mocha.js',
  '--require',
  'test/support/hooks.ts',
  '--fail-zero',
  ...only,
  file,
];
const child = spawn(process.execPath, args, { stdio: 'inherit' });
// Mocha heals what is broken before it ends: wait for it.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name));
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
