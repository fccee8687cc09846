// IPv4 addresses and CIDR blocks as unsigned 32-bit numbers. Parsers return undefined for anything that is not
// exactly one: callers decide what an unreadable address means (for a policy: it matches nothing).

export interface Cidr {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!OCTET.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** Host bits are cleared, as the API allows them: `10.1.2.3/8` is `10.0.0.0/8`. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, length, more] = text.trim().split('/');
  if (address === undefined || length === undefined || more !== undefined) return undefined;
  const value = parseIpv4(address);
  if (value === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(value / size) * size;
  return { text: `${formatIpv4(first)}/${Number(length)}`, first, last: first + size - 1 };
}

export function cidrContains(cidr: Cidr, address: number): boolean {
  return address >= cidr.first && address <= cidr.last;
}
