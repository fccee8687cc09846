// Every key of values.yaml moves exactly the places the table says, and nothing else can be set.
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { valuesOf } from '../../k8s/helm/defaults.ts';
import { readAt } from '../../k8s/helm/place.ts';
import type { Json } from '../../k8s/helm/place.ts';
import type { Row } from '../../k8s/helm/row.ts';
import { valuesSchema } from '../../k8s/helm/schema.ts';
import { valuesTable } from '../../k8s/helm/values.ts';
import { kind } from '../../k8s/profiles/kind.ts';
import { byId, helmTemplate, helmTemplateWith } from './helm.ts';
import type { KubeJson } from './helm.ts';

const defaults = valuesOf(kind, valuesTable);
/** Objects whose name a value changes keep their address. */
const addressOf = (id: string) => id.replace(/^Job\/app-migrate-.*/, 'Job/app-migrate');
const groups = valuesTable.filter(({ key }) => key.startsWith('securityGroupPolicies.groups.'));
const optionalPeers = valuesTable.filter(({ key }) =>
  /^network\.(backupStore|postgresServices)\.(peers|ports)$/.test(key),
);

/** `Kind/name path` of every leaf that differs; arrays and maps that came or went count as one. */
function differences(before: Json | undefined, after: Json | undefined, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isBranch(before) || !isBranch(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

function isBranch(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null;
}

/** The places of a row as plain paths: `[name=X]` becomes the position it has. */
function plainPath(object: KubeJson | undefined, path: string): string {
  const plain = path.replace(/\.\[name=([^\]]+)\]/, (_, name: string) => {
    const list = readAt(object as Json, path.slice(0, path.indexOf('.[name=')));
    return `.${(list as { name: string }[]).findIndex((entry) => entry.name === name)}`;
  });
  return plain.replaceAll(/\["([^"]+)"\]/g, '$1');
}

describe('values.yaml', () => {
  let base: Record<string, KubeJson>;

  before(async () => {
    base = Object.fromEntries(
      Object.entries(byId(await helmTemplate())).map(([id, object]) => [addressOf(id), object]),
    );
  });

  async function changedBy(row: Row): Promise<string[]> {
    const sample = row.kind === 'toggle' ? !defaults.get(row.key) : row.sample;
    const objects = byId(await helmTemplateWith(row.key, sample));
    const after = Object.fromEntries(Object.entries(objects).map(([id, object]) => [addressOf(id), object]));
    const ids = new Set([...Object.keys(base), ...Object.keys(after)]);
    return [...ids].flatMap((id) =>
      differences(base[id] as Json | undefined, after[id] as Json | undefined).map((path) =>
        `${id} ${path}`.trim(),
      ),
    );
  }

  /** A Job's template cannot be changed: what moves something in it moves its name, so that it is another Job. */
  const withName = (places: readonly string[]): string[] => {
    const movesJob = places.some((place) => place.startsWith('Job/app-migrate spec.template'));
    return movesJob ? [...new Set([...places, 'Job/app-migrate metadata.name'])] : [...places];
  };

  for (const row of valuesTable.filter((one) => ![...groups, ...optionalPeers].includes(one))) {
    it(`moves exactly its places by ${row.key}`, async () => {
      const places = withName(
        row.at.map(({ object, path }) => `${object} ${plainPath(base[object], path)}`.trim()),
      );

      const moved = await changedBy(row);

      expect(moved).not.to.be.empty;
      for (const path of moved) {
        expect(
          places.some((place) => path === place || path.startsWith(`${place}.`)),
          path,
        ).to.equal(true);
      }
      for (const place of places) {
        expect(
          moved.some((path) => path === place || path.startsWith(`${place}.`)),
          place,
        ).to.equal(true);
      }
    });
  }

  it('moves the group ids of exactly one SecurityGroupPolicy each', async () => {
    for (const { key, at } of groups) {
      const ids = ['sg-77777777777777777'];
      const objects = byId(
        await helmTemplate(
          '--set',
          'securityGroupPolicies.enabled=true',
          '--set-json',
          `${key}=${JSON.stringify(ids)}`,
        ),
      );
      const holding = Object.entries(objects).filter(([, object]) =>
        JSON.stringify(object).includes('sg-7777'),
      );
      expect(holding.map(([id]) => id)).to.deep.equal([at[0]?.object]);
    }
  });

  it('moves where backups and the Services of Postgres are, where their policies are on', async () => {
    for (const { key, at, sample } of optionalPeers) {
      const changed = ['--set-json', `${key}=${JSON.stringify(sample)}`];
      const isOn = `${key.split('.').slice(0, -1).join('.')}.enabled=true`;
      const objects = byId(await helmTemplate('--set', isOn, ...changed));
      for (const { object, path } of at) {
        expect(readAt(objects[object] as Json, path), `${key} ${object}`).to.deep.equal(sample);
      }
    }
  });

  it('refuses a value of a wrong type, for every key', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(valuesSchema(valuesTable)) as object);
    for (const { key, schema } of valuesTable) {
      const wrong = schema.type === 'object' ? 'text' : { an: 'object' };
      const values = key.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), wrong);
      expect(validate(values), key).to.equal(false);
    }
  });

  for (const [what, args, complaint] of [
    ['an unknown key', ['--set', 'app.replicas=3'], /replicas/],
    ['an unknown section', ['--set', 'apps.publicUrl=x'], /apps/],
    ['a number where text belongs', ['--set-json', 'images.app.tag=7'], /tag/],
    ['text where a number belongs', ['--set-string', 'autoscaling.maxReplicas=many'], /maxReplicas/],
    ['a session strategy that does not exist', ['--set', 'session.strategy=redsi'], /strategy/],
    ['no time at all for the load balancer to forget a pod', ['--set', 'app.drainSeconds=0'], /drainSeconds/],
    [
      'backups on a volume without a claim, which would be gone with their pod',
      ['--set-json', 'postgres.backup={"repository":{"volume":{}}}'],
      /claimName/,
    ],
    [
      'a restore from a volume without a claim',
      ['--set-json', 'postgres.restore={"repository":{"volume":{}},"stanza":"old"}'],
      /claimName/,
    ],
    [
      'an empty list of ingress peers, which would let everybody in',
      ['--set-json', 'network.ingressFrom=[]'],
      /ingressFrom/,
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const error = await helmTemplate(...args).then(
        () => undefined,
        (refused: unknown) => refused as Error,
      );
      expect(error?.message).to.match(complaint);
    });
  }

  it('takes backups on a volume with its claim, and in a bucket without one', async () => {
    await helmTemplate(
      ...['--set-json', 'postgres.backup={"repository":{"volume":{}}}'],
      ...['--set', 'postgres.backupClaim.claimName=pg-backup'],
    );
    await helmTemplate('--set-json', 'postgres.backup={"repository":{"s3":{"bucket":"b"}}}');
  });
});
