// The issuer over years of its own time: what is due when, and that nobody is ever shown what they do not trust.
import { expect } from 'chai';
import {
  AUTHORITY_DAYS,
  LEAF_DAYS,
  LEAF_RENEW_DAYS,
  nextAuthorities,
  nextLeaf,
  OVERLAP_MS,
} from '../../../../operator/runtime/certificates.ts';
import type { Authorities, Leaf, Wish } from '../../../../operator/runtime/certificates.ts';
import { factsOf, isSignedBy } from '../../../../operator/runtime/x509.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const wish: Wish = {
  name: 'set-ca.ns',
  names: ['set', 'set.ns.svc', '*.peers.ns.svc', '10.0.0.7'],
  renewLeaf: false,
  renewAuthority: false,
};

interface Kept {
  readonly authorities: Authorities;
  readonly leaf: Leaf | null;
}

const nothing: Kept = { authorities: { current: null, next: null, former: null }, leaf: null };

async function look({ authorities, leaf }: Kept, nowMs: number, more: Partial<Wish> = {}) {
  const wanted = { ...wish, ...more };
  const after = await nextAuthorities(authorities, leaf, wanted, nowMs);
  return { authorities: after, leaf: await nextLeaf(leaf, after, wanted, nowMs) };
}

/** Whether a client that read `trusting`'s bundle accepts the certificate that `showing` presents. */
function trusts(trusting: Leaf, showing: Leaf): boolean {
  const authorities = trusting.bundle.split(/(?<=-----END CERTIFICATE-----\n)/);
  return authorities.some((authority) => isSignedBy(showing, authority));
}

describe('certificates', () => {
  it('are issued from nothing: for exactly the names asked for, signed by the authority that is told', async () => {
    const { leaf, authorities } = await look(nothing, START_MS);
    const facts = factsOf(leaf.cert);
    expect(facts?.names).to.deep.equal([...wish.names].sort());
    expect(facts?.untilMs).to.equal(START_MS + LEAF_DAYS * DAY_MS);
    expect(leaf.bundle).to.equal(authorities.current?.cert);
    expect(trusts(leaf, leaf)).to.equal(true);
  });

  it('stay as they are until they are due, and are renewed well before they end', async () => {
    const first = await look(nothing, START_MS);
    const dueMs = START_MS + (LEAF_DAYS - LEAF_RENEW_DAYS) * DAY_MS;
    expect((await look(first, dueMs - 1000)).leaf).to.equal(first.leaf);
    const { leaf, authorities } = await look(first, dueMs + 1000);
    expect(leaf.cert).not.to.equal(first.leaf.cert);
    expect(leaf.key).not.to.equal(first.leaf.key);
    expect(authorities).to.equal(first.authorities);
  });

  it('are issued anew for other names, on request, and when what is kept cannot be read', async () => {
    const first = await look(nothing, START_MS);
    const changes = [
      await look(first, START_MS, { names: [...wish.names, 'more'] }),
      await look(first, START_MS, { renewLeaf: true }),
      await look({ ...first, leaf: { ...first.leaf, cert: 'torn' } }, START_MS),
      await look({ ...first, leaf: { ...first.leaf, key: 'torn' } }, START_MS),
    ];
    for (const { leaf } of changes) expect(leaf.cert).not.to.equal(first.leaf.cert);
  });

  it('of a new authority appear only a day after everybody was told to trust it', async () => {
    const first = await look(nothing, START_MS);
    const told = await look(first, START_MS + 1000, { renewAuthority: true });
    expect(told.leaf.cert).to.equal(first.leaf.cert);
    expect(told.leaf.bundle).to.equal(`${first.leaf.bundle}${told.authorities.next?.cert ?? ''}`);
    const early = await look(told, START_MS + OVERLAP_MS - 1000);
    expect(early.leaf).to.equal(told.leaf);
    const changed = await look(told, START_MS + OVERLAP_MS + 5000);
    expect(isSignedBy(changed.leaf, told.authorities.next?.cert ?? '')).to.equal(true);
    // Pods read their files at different moments: those that did not yet, and those that did, trust each other.
    expect(trusts(told.leaf, changed.leaf)).to.equal(true);
    expect(trusts(changed.leaf, told.leaf)).to.equal(true);
    const settled = await look(changed, START_MS + 2 * OVERLAP_MS + 10_000);
    expect(settled.authorities.former).to.equal(null);
    expect(settled.leaf.bundle).to.equal(settled.authorities.current?.cert);
  });

  it('never break a handshake in six years of hourly-old files', async () => {
    let kept = await look(nothing, START_MS);
    const authorities = new Set([kept.authorities.current?.cert]);
    for (let day = 0.5; day < AUTHORITY_DAYS * 1.2; day += day % 365 > 360 ? 0.5 : 9) {
      const nowMs = START_MS + day * DAY_MS;
      const next = await look(kept, nowMs);
      expect(trusts(kept.leaf, next.leaf) && trusts(next.leaf, kept.leaf), `day ${day}`).to.equal(true);
      expect(factsOf(next.leaf.cert)?.untilMs, `day ${day}`).to.be.above(nowMs + 20 * DAY_MS);
      authorities.add(next.authorities.current?.cert);
      kept = next;
    }
    expect(authorities.size).to.equal(2);
  });
});
