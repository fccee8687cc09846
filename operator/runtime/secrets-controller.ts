// Keeps the Secrets of the chart filled. It works by looking (every few seconds), not by watching, because it may
// read and patch exactly the Secrets it is told the names of.
import { isConflict, isNotFound } from './api.ts';
import type { Controller, ControllerFactory } from './controller.ts';
import { fillSecret } from './secrets.ts';

const LOOK_AGAIN_MS = 10_000;

export function secretsController(names: readonly string[]): ControllerFactory {
  return ({ api, namespace, log }): Controller => ({
    name: 'Secret',
    keys: () => names,
    synced: () => true,
    stop: () => undefined,
    reconcile: async (name) => {
      try {
        const keys = await fillSecret(api, namespace, name);
        if (keys.length > 0) log.info({ secret: name, keys }, 'generated secret keys');
      } catch (error) {
        // Not installed, or somebody wrote at the same moment: the next look decides.
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
      return { afterMs: LOOK_AGAIN_MS };
    },
  });
}
