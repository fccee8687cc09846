// The RedisSet custom resource definition: what may be asked of a set, refused at admission where it cannot be meant,
// and what its status shows.
const name = { type: 'string', minLength: 1, maxLength: 63 } as const;

export const redisSetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'redissets.quorum.dev' },
  spec: {
    group: 'quorum.dev',
    scope: 'Namespaced',
    names: { kind: 'RedisSet', plural: 'redissets', singular: 'redisset', shortNames: ['redset'] },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
          { name: 'Master', type: 'string', jsonPath: '.status.master' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['statefulSets', 'members', 'masterName', 'credentialsSecret'],
                properties: {
                  statefulSets: {
                    type: 'object',
                    required: ['redis', 'sentinel'],
                    properties: { redis: name, sentinel: name },
                  },
                  members: { type: 'integer', minimum: 3, maximum: 15 },
                  masterName: name,
                  credentialsSecret: name,
                  paused: { type: 'boolean' },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
} as const;
