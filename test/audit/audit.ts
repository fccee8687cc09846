// The audit of our dependencies, part of `make lint`. What the lock file says is checked always; advisories on what
// runs in production are asked of the registry, and where none answers (offline, or a mirror without audits) that is
// said and is no failure.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { acceptedSchema, advisoryProblems, auditReport, lockFile, lockProblems } from './rules.ts';
import { manifest, rangeProblems } from './rules.ts';

const auditWithinMs = 30_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** What npm prints; it ends with 1 also when it found something. */
function npmAudit(): Promise<string> {
  const options = { timeout: auditWithinMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('npm', ['audit', '--json', '--omit=dev', '--fetch-retries=0'], options, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const accepted = acceptedSchema.parse(json('test/audit/accepted.json'));
const offline = [
  ...rangeProblems(manifest.parse(json('package.json'))),
  ...lockProblems(lockFile.parse(json('package-lock.json')), accepted),
];
const report = auditReport.safeParse(parsed(await npmAudit()));
if (!report.success) print('audit: the registry answers no audits; advisories were not looked up');
const today = new Date().toISOString().slice(0, 10);
const problems = [...offline, ...(report.success ? advisoryProblems(report.data, accepted, today) : [])];
for (const problem of problems) print(`audit: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
