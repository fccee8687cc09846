// The values table of the Helm chart: every key of values.yaml and the places it governs. Everything else about the
// chart (defaults, schema, README, templates) is generated from this and the synthesized objects.
import { appValues } from './app-values.ts';
import { imageValues } from './image-values.ts';
import { networkValues } from './network-values.ts';
import { placementValues } from './placement-values.ts';
import type { Row } from './row.ts';
import { storeValues } from './store-values.ts';
import { workloads } from './workloads.ts';

export const valuesTable: readonly Row[] = [
  ...imageValues(),
  ...appValues(),
  ...storeValues(),
  ...workloads.flatMap(placementValues),
  ...networkValues(),
];
