// What every custom resource definition here is wrapped in: group, one served version, the status as a subresource
// and the columns of `kubectl get`. A set's own crd.ts says only what may be asked and what is shown.
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
}

export interface CustomResource {
  readonly kind: string;
  readonly shortName: string;
  readonly columns: readonly PrinterColumn[];
  /** OpenAPI schemas. */
  readonly spec: object;
  readonly status: object;
}

const group = 'quorum.dev';
const integer64 = { type: 'integer', format: 'int64' } as const;
const text = { type: 'string' } as const;

/** The schema of `status.conditions`: a list whose key is the type. */
export const conditionsSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: text,
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      reason: text,
      message: text,
      lastTransitionTime: { type: 'string', format: 'date-time' },
      observedGeneration: integer64,
    },
  },
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
} as const;

/**
 * Admission's rules for `switchover.to`: a member, and one that the set has.
 * @param wish what it must be, for the message
 * @param digits the pattern of a member's number
 */
export function switchoverRules(wish: string, digits: string) {
  const none = '!has(self.switchover)';
  const isMember = `self.switchover.to.matches('^' + self.statefulSet + '-${digits}$')`;
  const number = 'int(self.switchover.to.substring(size(self.statefulSet) + 1))';
  return [
    { rule: `${none} || ${isMember}`, message: `switchover.to must ${wish}: <statefulSet>-<number>` },
    {
      rule: `${none} || !${isMember} || ${number} < self.members`,
      message: `switchover.to must ${wish}: its number is too high`,
    },
  ] as const;
}

export function column(
  name: string,
  jsonPath: string,
  type: PrinterColumn['type'] = 'string',
): PrinterColumn {
  return { name, type, jsonPath };
}

export function customResourceDefinition({ kind, shortName, columns, spec, status }: CustomResource) {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const openAPIV3Schema = { type: 'object', required: ['spec'], properties: { spec, status } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular, shortNames: [shortName] },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema },
        },
      ],
    },
  };
}
