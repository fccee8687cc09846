// `make url`: where the shop answers.
import { publicUrl } from './address.ts';
import { readSettings } from './settings.ts';
import { mayExist, targetOf } from './target.ts';

try {
  const target = targetOf(readSettings(process.env));
  if (!mayExist(target)) throw new Error('there is no cluster yet: run make deploy');
  process.stdout.write(`${await publicUrl(target)}\n`);
} catch (error) {
  process.stderr.write(`url: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
