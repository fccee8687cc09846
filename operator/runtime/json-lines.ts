// Reads a stream of JSON lines (a Kubernetes watch, an agent's status stream) until it ends, and gives up when
// it has been silent too long: a peer that froze keeps its socket open for minutes.
import type { Readable } from 'node:stream';

export interface JsonLinesOptions {
  readonly onLine: (value: unknown) => void;
  /** Silence, in milliseconds, after which the stream is destroyed and the promise rejects. */
  readonly idleMs: number;
}

/** A line longer than this is no message of ours: without a limit a broken peer could fill the memory. */
const MAX_LINE_CHARS = 8 * 1024 * 1024;

export async function readJsonLines(stream: Readable, { onLine, idleMs }: JsonLinesOptions): Promise<void> {
  const expire = () => stream.destroy(new Error(`silent for ${idleMs} ms`));
  let timer = setTimeout(expire, idleMs);
  let pending = '';
  const take = (chunk: string): void => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > MAX_LINE_CHARS) throw new Error('line too long');
    for (const line of lines) if (line !== '') onLine(JSON.parse(line));
  };
  try {
    stream.setEncoding('utf8');
    for await (const chunk of stream) {
      clearTimeout(timer);
      timer = setTimeout(expire, idleMs);
      take(chunk as string);
    }
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
