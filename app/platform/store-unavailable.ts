// What every store's "not now" has in common: the same work may be tried again, and whether it was done is unknown.
export class StoreUnavailable extends Error {}
