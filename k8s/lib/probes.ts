// Probes of a container. Startup is patient (a clone of a database may take minutes), readiness is quick to take a
// pod out, liveness is slow to kill and asks the process only, never a dependency.
import { k8s } from 'cdk8s-plus-27';

export interface ProbeHandlers {
  readonly startup: Handler;
  readonly readiness: Handler;
  readonly liveness: Handler;
  /** How long a first start may take before the container is killed. */
  readonly startupSeconds: number;
}

type Handler = Pick<k8s.Probe, 'httpGet' | 'exec' | 'tcpSocket'>;

export function http(path: string, port: string): Handler {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) } };
}

export function exec(...command: string[]): Handler {
  return { exec: { command } };
}

export function probes(
  handlers: ProbeHandlers,
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  return {
    startupProbe: {
      ...handlers.startup,
      periodSeconds: 1,
      timeoutSeconds: 2,
      failureThreshold: handlers.startupSeconds,
    },
    readinessProbe: { ...handlers.readiness, periodSeconds: 3, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...handlers.liveness, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
