// What a document names must be there: a newcomer types what is written.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

const documents = globSync('{README,CONTRIBUTING,docs/**/*,k8s/kind/README}.md');
/** Folder and file, with an ending that only files have. */
const FILE = /(?<![\w./-])(?:[\w.-]+\/)+[\w.-]+\.(?:ts|sh|md|yaml)\b/g;
const COMMAND = /`(?:\w+='?[^`']+'? )*make ([a-z0-9-]+)/g;

const makefile = readFileSync('Makefile', 'utf8');
const targets = new Set([...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, target]) => target));

describe('a document', () => {
  for (const document of documents) {
    const text = readFileSync(document, 'utf8');

    it(`names files that are there: ${document}`, () => {
      const named = [...text.matchAll(FILE)].map(([file]) => file);
      const folders = ['.', dirname(document), 'docs/decisions'];
      const missing = named.filter((file) => !folders.some((folder) => existsSync(join(folder, file))));
      expect(missing).to.deep.equal([]);
    });

    it(`names targets that make knows: ${document}`, () => {
      const named = [...text.matchAll(COMMAND)].map(([, target]) => target);
      expect(named.filter((target) => !targets.has(target))).to.deep.equal([]);
    });
  }
});
