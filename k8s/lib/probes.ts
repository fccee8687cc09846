// Probes of a container. Startup is patient (a clone of a database may take minutes), readiness is quick to take a
// pod out, liveness is slow to kill and asks the process only, never a dependency.
import { k8s } from 'cdk8s-plus-27';

export interface ProbeHandlers {
  readonly startup: Handler;
  readonly readiness: Handler;
  readonly liveness: Handler;
  /** How long a first start may take before the container is killed. */
  readonly startupSeconds: number;
  /** HTTP costs nothing; a program started for a probe does, so those are asked less often. @default 3 */
  readonly periodSeconds?: number;
  /** @default 10 */
  readonly livenessPeriodSeconds?: number;
  /** How long liveness may fail before the container is killed. @default 60 */
  readonly livenessSeconds?: number;
}

type Handler = Pick<k8s.Probe, 'httpGet' | 'exec' | 'tcpSocket'>;

export function http(path: string, port: string): Handler {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) } };
}

/** kubelet does not verify: it asks whether the process answers. */
export function https(path: string, port: string): Handler {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTPS' } };
}

export function exec(...command: string[]): Handler {
  return { exec: { command } };
}

export function probes(
  handlers: ProbeHandlers,
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const periodSeconds = handlers.periodSeconds ?? 3;
  const livenessPeriod = handlers.livenessPeriodSeconds ?? 10;
  const startupPeriod = Math.min(2, Math.ceil(periodSeconds / 3));
  return {
    startupProbe: {
      ...handlers.startup,
      periodSeconds: startupPeriod,
      timeoutSeconds: 3,
      failureThreshold: Math.ceil(handlers.startupSeconds / startupPeriod),
    },
    readinessProbe: { ...handlers.readiness, periodSeconds, timeoutSeconds: 3, failureThreshold: 2 },
    livenessProbe: {
      ...handlers.liveness,
      periodSeconds: livenessPeriod,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil((handlers.livenessSeconds ?? 60) / livenessPeriod),
    },
  };
}
