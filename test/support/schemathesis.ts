// Schemathesis: reads the API's OpenAPI document and sends it what the schemas allow and what they forbid, holding
// each answer against the document. Installed once into .cache, at a fixed version.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);
const VERSION = '4.32.5';
const folder = resolve(`.cache/schemathesis-${VERSION}`);
const program = `${folder}/bin/st`;
const LONGEST_OUTPUT = 16 * 1024 * 1024;

/** Throws one line that says what is missing. */
export async function installSchemathesis(): Promise<void> {
  if (existsSync(program)) return;
  const options = { timeout: timeouts.pythonToolMs };
  try {
    await run('python3', ['-m', 'venv', folder], options);
    await run(`${folder}/bin/pip`, ['install', '--quiet', `schemathesis==${VERSION}`], options);
  } catch (cause) {
    throw new Error(`schemathesis ${VERSION} cannot be installed (needs python3 with venv, and PyPI)`, {
      cause,
    });
  }
}

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'allow_header_conformance',
  'unsupported_method',
];

export interface ApiFuzz {
  readonly baseUrl: string;
  readonly documentPath: string;
  /** A Cookie header; none for a visitor. */
  readonly cookie?: string;
  /** Operations to leave out, by a regular expression over "METHOD path". */
  readonly without?: string;
  readonly examples: number;
}

/** Its report; `failed` when anything it checks did not hold. */
export async function fuzzApi(options: ApiFuzz): Promise<{ failed: boolean; report: string }> {
  const { baseUrl, documentPath, cookie, without, examples } = options;
  const args = [
    ...['run', baseUrl + documentPath, '--url', baseUrl, '--checks', CHECKS.join(',')],
    ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples), '--seed', '1'],
    ...['--generation-database', 'none', '--workers', '2', '--request-timeout', '10', '--no-shrink'],
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--no-color'],
    ...(cookie === undefined ? [] : ['-H', `Cookie: ${cookie}`]),
    ...(without === undefined ? [] : ['--exclude-name-regex', without]),
  ];
  try {
    // It keeps what it found beside where it runs.
    const options = { cwd: folder, timeout: timeouts.apiFuzzMs, maxBuffer: LONGEST_OUTPUT };
    const { stdout } = await run(program, args, options);
    return { failed: false, report: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { failed: true, report: `${stdout}${stderr}` || String(error) };
  }
}
