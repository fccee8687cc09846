// Values about images: registry, one tag each, pull secrets.
import { images } from '../lib/names.ts';
import type { ImageName } from '../lib/names.ts';
import { at } from './place.ts';
import type { Place } from './place.ts';
import { list, string } from './row.ts';
import type { Row } from './row.ts';
import { container, job, pod, workloads } from './workloads.ts';

function imagePlaces(match: RegExp, only?: ImageName): Place[] {
  const places = workloads
    .filter(({ image }) => only === undefined || image === only)
    .map(({ object }) => at(object, `${container}.image`, match));
  if (only !== undefined && only !== 'app') return places;
  return [...places, at(job, `${container}.image`, match), at(job, `${pod}.initContainers.0.image`, match)];
}

export function imageValues(): Row[] {
  return [
    string(
      'images.registry',
      'Registry (and path) of all images.',
      'registry.example.org/shop',
      imagePlaces(/^(.+)\/[^/]+\/[^/]+$/),
    ),
    ...images.map((name) =>
      string(
        `images.${name}.tag`,
        `Tag of the ${name} image; a content hash when built by \`make images\`.`,
        'changed',
        [
          ...imagePlaces(/:([^:]+)$/, name),
          ...(name === 'app' ? [at(job, 'metadata.name', /^app-migrate-(.+)-[0-9a-f]{6}$/)] : []),
        ],
        { pattern: '^[a-z0-9][a-z0-9.-]{0,40}$' },
      ),
    ),
    list(
      'images.pullSecrets',
      'Secrets with registry credentials, as in a pod: `[{name: …}]`.',
      [
        ...workloads.map(({ object }) => at(object, `${pod}.imagePullSecrets`)),
        at(job, `${pod}.imagePullSecrets`),
      ],
      [{ name: 'registry' }],
      {
        type: 'object',
        required: ['name'],
        additionalProperties: false,
        properties: { name: { type: 'string' } },
      },
    ),
  ];
}
