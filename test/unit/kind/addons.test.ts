// What the add-ons and the node's own manifests may do, and the promises of the load balancer's configuration.
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const kind = join(import.meta.dirname, '../../../k8s/kind');

interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
  };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly verbs: readonly string[]; readonly resources?: readonly string[] }[];
  readonly roleRef?: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

const files = [
  ...readdirSync(join(kind, 'addons')).map((name) => join(kind, 'addons', name)),
  join(kind, 'images/node/rootfs/kind/manifests/default-storage.yaml'),
];
const manifests = files.flatMap((file) =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest),
);
const containers = manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);

describe('the add-ons of the kind cluster', () => {
  it('are nobody’s administrators and ask for nothing by wildcard', () => {
    for (const { kind: type, metadata, rules = [], roleRef } of manifests) {
      expect(roleRef?.name, `${type} ${metadata.name}`).to.not.equal('cluster-admin');
      for (const { verbs, resources = [] } of rules) {
        expect([...verbs, ...resources], `${type} ${metadata.name}`).to.not.include('*');
      }
    }
  });

  it('say what they need, and cannot take all memory', () => {
    expect(containers).to.have.length(3);
    for (const { name, resources } of containers) {
      expect(resources?.requests, name).to.have.keys('cpu', 'memory');
      expect(resources?.limits?.memory, name).to.match(/Mi$/);
    }
  });

  it('run without a way to more privileges, on a root they cannot write', () => {
    for (const { name, securityContext } of containers) {
      expect(securityContext, name).to.include({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
      });
    }
  });

  it('name images by a version', () => {
    for (const { image } of containers) expect(image).to.match(/:@[A-Z_]+_VERSION@$/);
  });

  describe('the load balancer', () => {
    const config = manifests.find(
      ({ kind: type, metadata }) => type === 'ConfigMap' && metadata.name === 'traefik',
    )!;
    const { serversTransport, entryPoints } = parse(config.data!['traefik.yaml']!) as {
      serversTransport: { maxIdleConnsPerHost: number; forwardingTimeouts: { dialTimeout: string } };
      entryPoints: Record<string, { http?: { middlewares: string[] } }>;
    };

    it('gives a dead pod at most 300 ms', () => {
      const [, milliseconds] = /^(\d+)ms$/.exec(serversTransport.forwardingTimeouts.dialTimeout) ?? [];
      expect(Number(milliseconds)).to.be.within(100, 300);
    });

    it('dials for every request, since it retries only what was not sent', () => {
      expect(serversTransport.maxIdleConnsPerHost).to.equal(-1);
    });

    it('tries the next pod on both ports', () => {
      expect(entryPoints['web']?.http?.middlewares).to.deep.equal(['retry@file']);
      expect(entryPoints['websecure']?.http?.middlewares).to.deep.equal(['retry@file']);
    });
  });
});
