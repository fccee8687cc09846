// Tests that break a cluster break the one that `make deploy` makes on this machine, and no other: nodes are stopped, the
// namespace is deleted. A context that a deployment left in the shell must not turn them on somebody's real cluster.
import { readSettings } from '../../k8s/deploy/settings.ts';
import { targetOf } from '../../k8s/deploy/target.ts';

/** Why they do not run with this environment; undefined when they may. */
export function refusalOfNamedCluster(env: NodeJS.ProcessEnv): string | undefined {
  const { context, isLocal } = targetOf(readSettings(env));
  if (isLocal) return undefined;
  return `KUBE_CONTEXT=${context} is set, and these tests break their cluster: unset it, they run on the one of make deploy`;
}
