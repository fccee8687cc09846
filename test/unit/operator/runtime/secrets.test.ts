import { expect } from 'chai';
import { fillSecret, GENERATE_ANNOTATION, parseGenerate } from '../../../../operator/runtime/secrets.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';

const PATH = '/api/v1/namespaces/ns/secrets/credentials';

function secret(annotation: string, data?: Record<string, string>) {
  return { metadata: { name: 'credentials', annotations: { [GENERATE_ANNOTATION]: annotation } }, data };
}

function dataOf(api: ReturnType<typeof createMemoryApi>): Record<string, string> {
  return (api.get(PATH) as unknown as { data: Record<string, string> }).data;
}

describe('secret generation', () => {
  it('fills absent keys with letters and digits of the length asked for', async () => {
    const api = createMemoryApi();
    api.put(PATH, secret('a, b:48'));
    expect(await fillSecret(api, 'ns', 'credentials')).to.deep.equal(['a', 'b']);
    const plain = Object.values(dataOf(api)).map((value) => Buffer.from(value, 'base64').toString());
    expect(plain[0]).to.match(/^[A-Za-z0-9]{32}$/);
    expect(plain[1]).to.match(/^[A-Za-z0-9]{48}$/);
  });

  it('never touches a key that has a value', async () => {
    const api = createMemoryApi();
    api.put(PATH, secret('a,b', { a: 'a2VwdA==' }));
    expect(await fillSecret(api, 'ns', 'credentials')).to.deep.equal(['b']);
    expect(dataOf(api).a).to.equal('a2VwdA==');
    expect(await fillSecret(api, 'ns', 'credentials')).to.deep.equal([]);
  });

  it('loses the race instead of giving a key a second value', async () => {
    const api = createMemoryApi();
    api.put(PATH, secret('a'));
    const results = await Promise.allSettled([
      fillSecret(api, 'ns', 'credentials'),
      fillSecret(api, 'ns', 'credentials'),
    ]);
    expect(results.map((result) => result.status)).to.deep.equal(['fulfilled', 'rejected']);
  });

  for (const bad of ['a:x', 'a:8', 'a b', 'a:1024', ':32']) {
    it(`refuses the annotation "${bad}"`, () => {
      expect(() => parseGenerate(bad)).to.throw('cannot read');
    });
  }
});
