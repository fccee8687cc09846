// The one line that every request leaves, written as pino would write it. pino looks at each field of each line anew and
// escapes it character by character; for a hot page that was a sixth of the whole work (`make bench`, product page). These
// fields are always the same, and what is in them is known.
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { createTimestamps } from './log.ts';
import type { Log } from './log.ts';

export interface RequestLine {
  /** Letters, digits, - and _. */
  readonly requestId: string;
  /** As Node's parser knows it. */
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Lines of `log`, with what it binds; a warning where we failed. */
export function createRequestLog(log: Log): (line: RequestLine) => void {
  const output = (log as unknown as Record<symbol, DestinationStream>)[pino.symbols.streamSym];
  if (output === undefined) throw new Error('request log: pino keeps its stream elsewhere now');
  const bound = JSON.stringify(log.bindings()).slice(1, -1);
  const timestamp = createTimestamps();
  return ({ requestId, method, route, status, durationMs }) => {
    const level = status >= 500 ? 'warn' : 'info';
    if (!log.isLevelEnabled(level)) return;
    const rounded = Math.round(durationMs * 10) / 10;
    const fields = `"requestId":"${requestId}","method":"${method}","route":${JSON.stringify(route)}`;
    output.write(
      `{"level":"${level}"${timestamp()},${bound},${fields},"status":${status},"durationMs":${rounded},"msg":"request"}\n`,
    );
  };
}
