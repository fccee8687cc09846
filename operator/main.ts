// The operator's process: reads its environment, starts the controllers under one Lease, and ends when the Lease
// is lost or a signal asks it to. A new controller is one more entry in `controllers`.
import { hostname } from 'node:os';
import { KubeConfig } from '@kubernetes/client-node';
import { redisController } from './redis/controller.ts';
import { postgresController } from './postgres/controller.ts';
import { connectApi } from './runtime/api.ts';
import { systemClock } from './runtime/clock.ts';
import type { ControllerFactory } from './runtime/controller.ts';
import { createEventRecorder } from './runtime/events.ts';
import { certificatesController } from './runtime/certificates-controller.ts';
import { createLogger } from './runtime/log.ts';
import { startManager } from './runtime/manager.ts';
import { createMetrics } from './runtime/metrics.ts';
import { startOpsServer } from './runtime/ops-server.ts';
import { secretsController } from './runtime/secrets-controller.ts';
import { transportController } from './runtime/transport-controller.ts';

interface Settings {
  readonly namespace: string;
  readonly podName: string;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly secrets: readonly string[];
  readonly certificates: readonly string[];
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  const namespace = env.POD_NAMESPACE;
  if (namespace === undefined || namespace === '') throw new Error('POD_NAMESPACE is not set');
  return {
    namespace,
    podName: env.POD_NAME ?? hostname(),
    opsPort: Number(env.OPS_PORT ?? 9090),
    logLevel: env.LOG_LEVEL ?? 'info',
    secrets: listed(env.SECRETS),
    certificates: listed(env.CERTIFICATES),
  };
}

function listed(text = ''): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

function controllers(settings: Settings): readonly ControllerFactory[] {
  return [
    secretsController(settings.secrets),
    certificatesController(settings.certificates),
    transportController,
    postgresController,
    redisController,
  ];
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLogger('operator', settings.logLevel);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const api = connectApi(kubeConfig);
  const { namespace, podName } = settings;
  const clock = systemClock;
  const metrics = createMetrics();
  const identity = `${podName}_${process.pid}_${Date.now().toString(36)}`;
  const events = createEventRecorder({
    ...{ api, clock, log, namespace },
    controller: 'quorum.dev/operator',
    instance: podName,
  });
  const manager = startManager({
    ...{ api, clock, log, events, metrics, namespace, identity },
    leaseName: 'operator',
    controllers: controllers(settings),
    onLost: (reason) => {
      log.error({ reason }, 'no longer leading, exiting');
      process.exit(1);
    },
  });
  const ops = await startOpsServer({
    port: settings.opsPort,
    registry: metrics.registry,
    notReadyBecause: () => manager.notReadyBecause(),
  });
  log.info({ namespace, identity, port: ops.port }, 'started');

  const stop = async (): Promise<void> => {
    await manager.stop();
    await ops.close();
    api.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
}

await main();
