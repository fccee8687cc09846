// Keeps the certificates of all sets fresh. It works by looking, not by watching, because it may read and patch
// exactly the Secrets it is told the names of.
import { isConflict, isNotFound } from './api.ts';
import { keepCertificate } from './certificate-secrets.ts';
import type { Controller, ControllerFactory } from './controller.ts';

const LOOK_AGAIN_MS = 5_000;

export function certificatesController(names: readonly string[]): ControllerFactory {
  return ({ api, clock, namespace, log }): Controller => ({
    name: 'Certificate',
    keys: () => names,
    synced: () => true,
    stop: () => undefined,
    reconcile: async (name) => {
      try {
        const written = await keepCertificate(api, namespace, name, clock.date().getTime());
        if (written.length > 0) log.info({ secret: name, written }, 'issued certificates');
      } catch (error) {
        // Not installed, or somebody wrote at the same moment: the next look decides.
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
      return { afterMs: LOOK_AGAIN_MS };
    },
  });
}
