// Splits a watch's byte stream into lines. Promises: a line is bounded (a server gone mad cannot fill the memory),
// and silence is bounded too: bookmarks come about once a minute, so a longer silence means a dead connection.
import { StringDecoder } from 'node:string_decoder';
import type { IncomingMessage } from 'node:http';

export interface LineLimits {
  readonly maxLineChars: number;
  readonly maxSilenceMs: number;
}

/** Yields every complete line. Ends with the stream; throws when a limit is passed or the stream breaks. */
export async function* readLines(
  response: IncomingMessage,
  { maxLineChars, maxSilenceMs }: LineLimits,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const watchdog = setTimeout(
    () => response.destroy(new Error(`silent for ${maxSilenceMs} ms`)),
    maxSilenceMs,
  );
  let rest = '';
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      watchdog.refresh();
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLineChars) throw new Error(`a line longer than ${maxLineChars} characters`);
      yield* lines.filter((line) => line !== '');
    }
  } finally {
    clearTimeout(watchdog);
    response.destroy();
  }
}
