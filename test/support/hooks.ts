// Around every end-to-end test: a run without a cluster ends in one line, a failed test leaves its diagnosis, and
// whatever a test broke is whole again before the next.
import { collectDiagnostics, folderFor } from './diagnostics.ts';
import { restoreFaults } from './faults.ts';
import { refusalOfNamedCluster } from './only-our-cluster.ts';
import { kubectl, namespace } from './kubectl.ts';
import { shopUrl } from './shop-client.ts';
import { timeouts } from './timeouts.ts';

/** Checks that our kind cluster is there, with the shop on it. Throws one line that says what to do. */
export async function mochaGlobalSetup(): Promise<void> {
  const refusal = refusalOfNamedCluster(process.env);
  if (refusal !== undefined) throw oneLine(refusal);
  try {
    await kubectl(['get', 'namespace', namespace]);
  } catch (error) {
    throw oneLine(`no cluster with the shop on it; run make deploy first (${firstLine(error)})`);
  }
  const answer = await fetch(shopUrl, { signal: AbortSignal.timeout(timeouts.requestMs) }).catch(firstLine);
  if (typeof answer === 'string') throw oneLine(`the shop does not answer at ${shopUrl}: ${answer}`);
  if (!answer.ok) throw oneLine(`the shop answers ${answer.status} at ${shopUrl}; see make status`);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.prependOnceListener(name, () => void leave());
}

/** An interrupted run leaves no node stopped, frozen or cut off. */
async function leave(): Promise<void> {
  await restoreFaults().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  process.exit(130);
}

export const mochaHooks = {
  async afterEach(this: Mocha.Context): Promise<void> {
    this.timeout(timeouts.steadyStateMs);
    if (this.currentTest?.state === 'failed') {
      await collectDiagnostics(folderFor(this.currentTest.titlePath()));
    }
    await restoreFaults();
  },
};

/** An error without a stack: mocha prints the stack of what a setup throws, and here only the line helps. */
function oneLine(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
