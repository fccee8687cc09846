// What the environment asks of a deployment, checked before anything is touched. An empty variable is one that was
// not given, because make exports all of them.
import { profileNamed } from '../profiles/known.ts';
import type { Profile } from '../profiles/profile.ts';

export interface Settings {
  readonly profile: Profile;
  /** A context somebody named: used exactly, never created. Undefined: our own kind cluster. */
  readonly context?: string;
  /** Where images are pushed; needed wherever they cannot be loaded into the nodes. */
  readonly registry?: string;
  /** A file with more Helm values. */
  readonly valuesFile?: string;
}

const known = ['PROFILE', 'KUBE_CONTEXT', 'IMAGES', 'IMAGE_REGISTRY', 'VALUES'];
/** Near misses that would otherwise silently mean the default. */
const misspelt =
  /^(PROFIL|PROFILES|KUBECONTEXT|CONTEXT|KUBE_CTX|IMAGE|REGISTRY|IMAGES_REGISTRY|VALUES_FILE)$/;

/** A mistake of the caller's: shown as one line, without a stack. */
export class Refusal extends Error {}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const unknown = Object.keys(env).filter((name) => misspelt.test(name));
  if (unknown.length > 0) throw new Refusal(`${unknown.join(', ')}: unknown; known are ${known.join(', ')}`);
  if (!['', 'pull', 'build'].includes(env.IMAGES ?? '')) {
    throw new Refusal(`IMAGES=${env.IMAGES ?? ''} is unknown: known are pull, build`);
  }
  const settings = {
    profile: knownProfile(env.PROFILE || 'kind'),
    ...given('context', env.KUBE_CONTEXT),
    ...given('registry', env.IMAGE_REGISTRY),
    ...given('valuesFile', env.VALUES),
  };
  refuseHalfNamed(settings);
  return settings;
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value ? ({ [key]: value } as Record<K, string>) : {};
}

function refuseHalfNamed({ profile, context, registry }: Settings): void {
  if (context === undefined && profile.name !== 'kind') {
    throw new Refusal(
      `PROFILE=${profile.name} needs KUBE_CONTEXT=…: a cluster that was not named is never touched`,
    );
  }
  if (context !== undefined && registry === undefined && !context.startsWith('kind-')) {
    throw new Refusal(
      `KUBE_CONTEXT=${context} needs IMAGE_REGISTRY=…: its nodes must be able to pull the images`,
    );
  }
}

function knownProfile(name: string): Profile {
  try {
    return profileNamed(name);
  } catch (error) {
    throw new Refusal((error as Error).message, { cause: error });
  }
}
