// Random changes of a cart, for its laws: where the rules are TypeScript, where they are Redis', and where copies join.
import fc from 'fast-check';
import { MAX_QUANTITY } from '../../../../app/cart/cart.ts';
import type { CartChange } from '../../../../app/cart/cart.ts';

export interface ChangesOf {
  readonly skus: readonly string[];
  readonly priceCents: fc.Arbitrary<number>;
}

export function cartChange({ skus, priceCents }: ChangesOf): fc.Arbitrary<CartChange> {
  const sku = fc.constantFrom(...skus);
  const quantity = fc.integer({ min: 1, max: MAX_QUANTITY });
  return fc.oneof(
    fc.record({ verb: fc.constantFrom('add' as const, 'bring' as const), sku, quantity, priceCents }),
    fc.record({ verb: fc.constant('set' as const), sku, quantity, priceCents }),
    fc.record({ verb: fc.constant('remove' as const), sku }),
  );
}

/** Three articles, each always at the same price. */
export const anyCartChange = cartChange({
  skus: ['tee-navy-m', 'tee-navy-l', 'coat-sand-s'],
  priceCents: fc.constant(1_000),
});
