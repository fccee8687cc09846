// Files that other programs read at any moment: replaced whole by rename, and only when their content differs.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present === content) return;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.draft`;
  await writeFile(draft, content, { mode });
  await rename(draft, path);
}
