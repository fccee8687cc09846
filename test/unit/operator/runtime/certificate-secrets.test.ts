// The two Secrets of a set's certificate, over an API in memory.
import { expect } from 'chai';
import {
  AUTHORITY_ANNOTATION,
  keepCertificate,
  NAMES_ANNOTATION,
  RENEW_ANNOTATION,
} from '../../../../operator/runtime/certificate-secrets.ts';
import { objectPath, SECRETS } from '../../../../operator/runtime/paths.ts';
import { factsOf, isSignedBy } from '../../../../operator/runtime/x509.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';

const LEAF = objectPath(SECRETS, 'ns', 'set-tls');
const AUTHORITY = objectPath(SECRETS, 'ns', 'set-ca');
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const annotations = { [NAMES_ANNOTATION]: 'set,*.peers', [AUTHORITY_ANNOTATION]: 'set-ca' };

function shipped(): MemoryApi {
  const api = createMemoryApi();
  api.put(LEAF, { metadata: { name: 'set-tls', annotations } });
  api.put(AUTHORITY, { metadata: { name: 'set-ca' } });
  return api;
}

function textsOf(api: MemoryApi, path: string): Record<string, string> {
  const { data = {} } = api.get(path) as unknown as { data?: Record<string, string> };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

const keep = (api: MemoryApi) => keepCertificate(api, 'ns', 'set-tls', NOW_MS);

describe('the Secrets of a certificate', () => {
  it('shipped empty, are filled once: pods get no key of the authority', async () => {
    const api = shipped();
    expect(await keep(api)).to.deep.equal(['authority', 'certificate']);
    const leaf = textsOf(api, LEAF);
    const authority = textsOf(api, AUTHORITY);
    expect(Object.keys(leaf)).to.have.members(['ca.crt', 'tls.crt', 'tls.key']);
    expect(leaf['ca.crt']).to.equal(authority['tls.crt']);
    expect(
      isSignedBy({ cert: leaf['tls.crt'] ?? '', key: leaf['tls.key'] ?? '' }, leaf['ca.crt'] ?? ''),
    ).to.equal(true);
    expect(await keep(api)).to.deep.equal([]);
  });

  it('are for every way in which a Service and the pods behind one are dialled', async () => {
    const api = shipped();
    await keep(api);
    expect(factsOf(textsOf(api, LEAF)['tls.crt'] ?? '')?.names).to.have.members([
      ...['set', 'set.ns', 'set.ns.svc'],
      ...['*.peers', '*.peers.ns', '*.peers.ns.svc'],
    ]);
  });

  it('are renewed once for each request', async () => {
    const api = shipped();
    await keep(api);
    const before = textsOf(api, LEAF)['tls.crt'];
    api.put(LEAF, {
      ...api.get(LEAF),
      metadata: { name: 'set-tls', annotations: { ...annotations, [RENEW_ANNOTATION]: 'today' } },
    });
    expect(await keep(api)).to.deep.equal(['certificate']);
    expect(textsOf(api, LEAF)['tls.crt']).not.to.equal(before);
    expect(await keep(api)).to.deep.equal([]);
  });

  it('are left to whoever else fills them', async () => {
    const api = createMemoryApi();
    api.put(LEAF, { metadata: { name: 'set-tls' }, data: { 'tls.crt': 'bXk=' } });
    expect(await keep(api)).to.deep.equal([]);
    expect(api.writes).to.be.empty;
  });

  it('never come from two operators at once', async () => {
    const api = shipped();
    const results = await Promise.allSettled([keep(api), keep(api)]);
    expect(results.map(({ status }) => status)).to.include('rejected');
    await keep(api);
    const { 'tls.crt': cert = '', 'tls.key': key = '', 'ca.crt': ca = '' } = textsOf(api, LEAF);
    expect(isSignedBy({ cert, key }, ca)).to.equal(true);
  });
});
