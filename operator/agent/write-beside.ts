// Replaces a file whole: written beside it, then renamed over it. Postgres reads its files whenever it likes; one that is
// found empty or cut off in that moment would, for instance, let commits be acknowledged without any standby.
import { renameSync, writeFileSync } from 'node:fs';

/** @param flush on disk before it is in place; the name itself is only safe once its folder is synced, too. */
export function writeBeside(path: string, text: string, { flush = false } = {}): void {
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600, flush });
  renameSync(next, path);
}
