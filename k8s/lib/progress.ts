// Progress on standard error, one line per event, with the time since the command began: ` 1:07  image app …`.
// STARTED_AT (seconds) is shared with the shell scripts, whose lines look the same.

const startedAt = Number(process.env.STARTED_AT ?? Math.floor(Date.now() / 1000));
process.env.STARTED_AT = String(startedAt);

export function say(text: string): void {
  const seconds = Math.max(0, Math.floor(Date.now() / 1000) - startedAt);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  process.stderr.write(`${clock}  ${text}\n`);
}

/** `3.2 s` since a moment of performance.now(). */
export function since(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
