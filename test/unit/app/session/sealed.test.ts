// What a cookie that holds everything must be: unreadable, unchangeable, and readable again after a key was rotated.
import { expect } from 'chai';
import fc from 'fast-check';
import { pack, packLines, roomForLines, unpack } from '../../../../app/session/compact.ts';
import { createSealer, SEAL_BYTES } from '../../../../app/session/sealed.ts';

const [older, newer] = ['an-older-key-of-some-length', 'a-newer-key-of-some-length'];

describe('sealed text', () => {
  const sealer = createSealer([older], 'session');

  it('opens to what was sealed, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 6 }), (text) => {
        const value = sealer.seal(text);
        expect(sealer.open(value)).to.deep.equal({ text, isNewestKey: true });
        expect(Buffer.from(value, 'base64url').includes(text)).to.equal(false);
        expect(value).to.match(/^[\w-]+$/);
      }),
    );
  });

  it('is refused when any bit of it was changed', () => {
    const bytes = Buffer.from(sealer.seal('userId=1'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sealer.open(changed.toString('base64url')), `bit ${bit}`).to.have.property('refused');
    }
  });

  it('is refused, not thrown at, whatever is sent instead', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(sealer.open(value)).to.have.property('refused');
      }),
    );
  });

  it('opens under every key that is known, and says when it is not the newest', () => {
    const old = sealer.seal('cart');
    expect(createSealer([newer, older], 'session').open(old)).to.deep.equal({
      text: 'cart',
      isNewestKey: false,
    });
    expect(createSealer([newer], 'session').open(old)).to.deep.equal({ refused: 'unknown-key' });
  });

  it('cannot be used for another purpose', () => {
    expect(createSealer([older], 'reset-password').open(sealer.seal('x'))).to.have.property('refused');
  });
});

describe('a session packed for a cookie', () => {
  const line = fc.record({
    sku: fc.stringMatching(/^[a-z-]{1,40}$/),
    quantity: fc.integer({ min: 1, max: 10 }),
    seenPriceCents: fc.integer({ min: 0, max: 99_999 }),
  });
  const kept = fc.record({
    id: fc.uuid(),
    version: fc.nat(),
    operations: fc.array(fc.stringMatching(/^[\w-]{8}$/), { maxLength: 16 }),
    lines: fc.array(line, { maxLength: 50 }),
  });
  const who = fc.record(
    {
      userId: fc.uuid(),
      name: fc.string({ minLength: 1, maxLength: 60 }),
      role: fc.constantFrom('shopper' as const, 'staff' as const),
      cart: fc.uuid(),
      mergeFrom: fc.uuid(),
      startedAt: fc.integer({ min: 1 }),
      kept,
    },
    { requiredKeys: [] },
  );

  it('comes back as it was', () => {
    fc.assert(
      fc.property(who, (session) => {
        const whole = { ...session, _expire: 1_800_000_000_000, _maxAge: 2_592_000_000 };
        expect(unpack(pack(whole))).to.deep.equal(whole);
      }),
    );
  });

  it('fits into 4 KB with its attributes, however much room the lines took', () => {
    const room = roomForLines(4_096);
    fc.assert(
      fc.property(who, (session) => {
        const lines = packLines(session.kept?.lines ?? []).length;
        fc.pre(lines <= room);
        const bytes = Buffer.byteLength(pack(session)) + SEAL_BYTES + (room - lines);
        expect(Math.ceil((bytes * 4) / 3) + 160).to.be.at.most(4_096);
      }),
    );
  });
});
