// The PostgresSet custom resource definition: what may be asked of a set, refused at admission where it cannot be
// meant, and what its status shows.
const name = { type: 'string', minLength: 1, maxLength: 63 } as const;

export const postgresSetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'postgressets.quorum.dev' },
  spec: {
    group: 'quorum.dev',
    scope: 'Namespaced',
    names: { kind: 'PostgresSet', plural: 'postgressets', singular: 'postgresset', shortNames: ['pgset'] },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
          { name: 'Primary', type: 'string', jsonPath: '.status.primary' },
          { name: 'Term', type: 'integer', jsonPath: '.status.term' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['statefulSet', 'members', 'database', 'owner', 'credentialsSecret', 'services'],
                properties: {
                  statefulSet: name,
                  members: { type: 'integer', minimum: 3, maximum: 15 },
                  database: name,
                  owner: name,
                  credentialsSecret: name,
                  services: {
                    type: 'object',
                    required: ['rw', 'ro', 'peers'],
                    properties: { rw: name, ro: name, peers: name },
                  },
                  paused: { type: 'boolean' },
                  switchover: {
                    type: 'object',
                    required: ['to', 'id'],
                    properties: { to: name, id: name },
                  },
                },
                'x-kubernetes-validations': [
                  {
                    rule: 'self.members % 2 == 1',
                    message: 'members must be odd: an even set loses its majority sooner',
                  },
                ],
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
} as const;
