// Writes charts/myclothes from the constructs; files that are no longer made are removed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartFiles } from './chart-files.ts';

export function writeChart(folder: string): number {
  const files = chartFiles();
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return files.size;
}

if (import.meta.main) {
  const folder = join('charts', 'myclothes');
  process.stdout.write(`${folder}: ${writeChart(folder)} files\n`);
}
