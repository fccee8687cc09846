// Sets of whole numbers (addresses, ports) as sorted, disjoint, non-adjacent ranges: the one form in which peers and
// ports are kept, so that equal sets have equal text and can share one set in the kernel.

/** Both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export type RangeSet = readonly Range[];

export function rangeSet(ranges: Iterable<Range>): RangeSet {
  const sorted = [...ranges].filter(({ first, last }) => first <= last).sort((a, b) => a.first - b.first);
  const merged: Range[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous && range.first <= previous.last + 1) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else merged.push({ first: range.first, last: range.last });
  }
  return merged;
}

/** What is in `from` and not in `without`. */
export function subtract(from: RangeSet, without: RangeSet): RangeSet {
  let rest: Range[] = [...from];
  for (const hole of without) rest = rest.flatMap((range) => cut(range, hole));
  return rangeSet(rest);
}

function cut(range: Range, hole: Range): Range[] {
  if (hole.last < range.first || hole.first > range.last) return [range];
  const left = { first: range.first, last: hole.first - 1 };
  const right = { first: hole.last + 1, last: range.last };
  return [left, right].filter(({ first, last }) => first <= last);
}

export function contains(set: RangeSet, value: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (!range) return false;
    if (value < range.first) high = middle - 1;
    else if (value > range.last) low = middle + 1;
    else return true;
  }
  return false;
}
