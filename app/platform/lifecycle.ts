// What the process is doing, as probes and middlewares ask it: starting (waiting for the schema), ready, draining.
// Nothing here asks a store: a failover of Redis or Postgres must not restart or unready every pod at once.

export interface Lifecycle {
  readonly isStarted: () => boolean;
  readonly isReady: () => boolean;
  readonly isDraining: () => boolean;
  readonly started: () => void;
  readonly drain: () => void;
}

export function createLifecycle(): Lifecycle {
  let phase: 'starting' | 'ready' | 'draining' = 'starting';
  return {
    isStarted: () => phase !== 'starting',
    isReady: () => phase === 'ready',
    isDraining: () => phase === 'draining',
    started: () => {
      if (phase === 'starting') phase = 'ready';
    },
    drain: () => {
      phase = 'draining';
    },
  };
}
