// Values every workload has: its size and the nodes it may run on.
import { at } from './place.ts';
import { list, textMap } from './row.ts';
import type { Row } from './row.ts';
import { container, job, pod } from './workloads.ts';
import type { Workload } from './workloads.ts';

const resourceMap = { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } };

export function placementValues({ key, object }: Workload): Row[] {
  // Also of what runs beside it: nodes that cannot run the shop cannot bring its schema up to date either.
  const placed = key === 'app' ? [object, job] : [object];
  return [
    {
      key: `${key}.resources`,
      doc: `Requests and limits of ${key}; deliberately no CPU limit.`,
      kind: 'block',
      at: [at(object, `${container}.resources`)],
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: { requests: resourceMap, limits: resourceMap },
      },
      sample: { requests: { cpu: '777m' } },
    },
    textMap(
      `${key}.nodeSelector`,
      `Nodes on which ${key} may run.`,
      placed.map((each) => at(each, `${pod}.nodeSelector`)),
    ),
    list(
      `${key}.tolerations`,
      `Taints that ${key} tolerates.`,
      placed.map((each) => at(each, `${pod}.tolerations`)),
      [{ operator: 'Exists' }],
      { type: 'object' },
    ),
  ];
}
