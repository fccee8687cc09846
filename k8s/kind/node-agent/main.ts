// The node agent: gives the pods of one node their network and enforces NetworkPolicy on it, as kindnet does for kind's
// own node image. One process per node; all its state is in the kernel and in files of the node, so it may
// be stopped, replaced or lost at any time: rules and routes stay as they were until it is back. IPv4 only.
import { watch } from 'node:fs';
import { createApiClient } from './api/client.ts';
import { createApply, leaseFolder } from './apply.ts';
import { createLingering } from './cluster/lingering.ts';
import { createMirrors } from './cluster/mirrors.ts';
import { readConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { prepareLeases, readLeases } from './network/leases.ts';
import { plan } from './plan.ts';
import { createReconciler } from './reconcile.ts';

function log(message: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  await prepareLeases(config.folders.run);

  const client = createApiClient({ servers: config.apiServers, serviceAccount: config.serviceAccount });
  const mirrors = createMirrors(client, { log, onChange: () => reconciler.poke() });
  const lingering = createLingering({
    now: () => performance.now(),
    onEnd: (afterMs) => setTimeout(() => reconciler.poke(), afterMs).unref(),
  });
  const reconciler = createReconciler({
    log,
    apply: createApply(config),
    makePlan: async () => {
      const view = mirrors.view();
      if (!view) return undefined;
      const pods = lingering.withForgotten(view.pods);
      return plan({ ...config, view, pods, leases: await readLeases(config.folders.run) });
    },
  });
  const leases = watch(leaseFolder(config.folders.run), () => reconciler.poke());
  leases.on('error', (error) =>
    log('leases: no longer watched, the next pass still reads them', { error: String(error) }),
  );
  const health = await serveHealth(config.healthPort, () => reconciler.healthy());
  log('started', { node: config.nodeName, apiServers: config.apiServers });

  await Promise.all([mirrors.run(stop.signal), reconciler.run(stop.signal)]);
  leases.close();
  health.close();
  client.close();
  log('stopped; rules and routes stay');
}

main().catch((error: unknown) => {
  log('failed', { error: String(error), cause: error instanceof Error ? String(error.cause) : undefined });
  process.exitCode = 1;
});
