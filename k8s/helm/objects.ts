// The synthesized objects of a profile by their address in the values table (`Deployment/app`), in synth's order.
import { addressOf } from '../lib/add.ts';
import { objectsOf, releaseCharts } from '../lib/release-charts.ts';
import { eks } from '../profiles/eks.ts';
import { kind } from '../profiles/kind.ts';
import { anyBackupStore } from '../profiles/backup-store.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Json } from './place.ts';

export interface Addressed {
  readonly address: string;
  /** The chart it belongs to: the folder of its template. */
  readonly chart: string;
  readonly json: Json;
}

export function addressed(profile: Profile): readonly Addressed[] {
  return releaseCharts(profile).release.flatMap((chart) =>
    objectsOf([chart]).map((object) => ({
      address: addressOf(object),
      chart: chart.node.id,
      json: object.toJson() as Json,
    })),
  );
}

/** Every object that any values can bring about; names of release and namespace stay open. */
export function everything(release: { name: string; namespace: string }): readonly Addressed[] {
  const profile: Profile = {
    ...kind,
    release: { ...kind.release, ...release },
    network: {
      ...{ ...kind.network, monitoring: true, aws: true },
      ...{ backupStore: anyBackupStore, postgresServices: eks.network.postgresServices },
    },
    ...(eks.securityGroups && { securityGroups: eks.securityGroups }),
  };
  const objects = addressed(profile);
  const known = new Set(objects.map(({ address }) => address));
  const managed = addressed({ ...profile, certificateIssuer: 'cert-manager' });
  return [...objects, ...managed.filter(({ address }) => !known.has(address))];
}
