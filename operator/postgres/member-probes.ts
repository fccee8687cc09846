// One probe per pod of a set, made when it is first asked for and stopped when the pod is no longer of the set.
import { createMemberProbe } from './member-probe.ts';
import type { MemberProbe, ProbeOptions } from './member-probe.ts';

export interface MemberProbes {
  readonly of: (name: string) => MemberProbe;
  /** Stops the probes of all others. */
  keepOnly(names: readonly string[]): void;
}

export function createMemberProbes(options: Omit<ProbeOptions, 'name'>): MemberProbes {
  const probes = new Map<string, MemberProbe>();
  return {
    of: (name) => {
      const probe = probes.get(name) ?? createMemberProbe({ ...options, name });
      probes.set(name, probe);
      return probe;
    },
    keepOnly: (names) => {
      for (const [name, probe] of probes) {
        if (names.includes(name)) continue;
        probe.stop();
        probes.delete(name);
      }
    },
  };
}
