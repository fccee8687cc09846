// How a ledger in a pod is asked: plain GETs, because that is what the API server forwards to a pod.
import { createServer } from 'node:http';

export interface LedgerStatus {
  readonly acked: number;
  /** Longest gap since the mark, the present one included. */
  readonly outageMs: number;
}

export type Answers = Readonly<Record<string, () => Promise<object> | object>>;

const port = 8080;

/** Answers each path with what its function returns, as JSON, and 500 with the reason when it throws. Ends on SIGTERM. */
export function serveLedger(answers: Answers): void {
  const answer = async (path: string): Promise<object> => {
    const known = answers[path];
    if (!known) throw new Error(`${path}: known are ${Object.keys(answers).join(', ')}`);
    return known();
  };
  createServer((request, response) => {
    answer(request.url ?? '/').then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  }).listen(port);
  process.once('SIGTERM', () => process.exit(0));
}
