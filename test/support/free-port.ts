// Where tests find a loopback port; the one implementation lives with the local servers of `make dev`.
export { freePort, isBusy } from '../../app/dev/ports.ts';
