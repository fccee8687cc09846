// Multi-AZ: the loss of one zone takes one third of every tier, and every volume lives in its pod's zone.
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { getItems, nameOf, zoneOfNodes, zones } from '../support/kubectl.ts';
import { runningTierNames, runningTiers, untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

describe('zones', function () {
  this.timeout(timeouts.e2eTestMs);
  let zoneOf: ReadonlyMap<string, string>;
  const zoneOfPod = (pod: V1Pod): string => zoneOf.get(pod.spec?.nodeName ?? '') ?? 'nowhere';

  before(async () => {
    zoneOf = await zoneOfNodes();
  });

  for (const tier of runningTierNames) {
    const spread = Math.min(runningTiers[tier], zones.length);
    it(`hold the pods of ${tier} in ${spread} different zones`, async () => {
      const pods = await untilReady(tier, runningTiers[tier]);
      const found = new Set(pods.map(zoneOfPod));
      expect([...found], pods.map(nameOf).join()).to.have.length(spread);
      expect([...zones]).to.include.members([...found]);
    });
  }

  for (const set of ['pg', 'redis', 'sentinel'] as const) {
    it(`hold one volume of ${set} each, in the zone of the pod that uses it`, async () => {
      const pods = await untilReady(set, 3);
      const claims = await getItems<V1PersistentVolumeClaim>('pvc');
      const volumes = await getItems<V1PersistentVolume>('pv');
      const homes = pods.map((pod) => homeOfVolume(pod, claims, volumes));
      expect(homes.map(({ zone }) => zone)).to.have.members([...zones]);
      for (const { pod, zone } of homes) expect(zone, nameOf(pod)).to.equal(zoneOfPod(pod));
    });
  }

  function homeOfVolume(
    pod: V1Pod,
    claims: readonly V1PersistentVolumeClaim[],
    volumes: readonly V1PersistentVolume[],
  ): { readonly pod: V1Pod; readonly zone: string } {
    const mounted = pod.spec?.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim);
    const claim = claims.find((one) => nameOf(one) === mounted?.persistentVolumeClaim?.claimName);
    expect(claim?.status?.phase, `${nameOf(pod)}: its claim`).to.equal('Bound');
    const places = placesOf(volumes.find((one) => nameOf(one) === claim?.spec?.volumeName));
    expect(places, `${nameOf(pod)}: places its volume can be mounted at`).to.have.length(1);
    const place = places[0] ?? '';
    return { pod, zone: zoneOf.get(place) ?? place };
  }

  /** Nodes or zones that a volume is bound to. */
  function placesOf(volume: V1PersistentVolume | undefined): string[] {
    const terms = volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    return terms.flatMap(({ matchExpressions = [] }) =>
      matchExpressions.flatMap(({ values = [] }) => values),
    );
  }
});
