// The custom resource definitions. What they allow belongs to the operator and is written there. They go into the
// chart's crds/ folder; `make deploy` applies them first, because Helm never upgrades what is in that folder.
import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { postgresSetCrd } from '../../operator/postgres/crd.ts';
import { redisSetCrd } from '../../operator/redis/crd.ts';
import { add } from '../lib/add.ts';

export function crdsChart(app: App): Chart {
  const chart = new Chart(app, 'crds');
  for (const crd of [postgresSetCrd, redisSetCrd]) {
    add(chart, ApiObject, `CustomResourceDefinition/${crd.metadata.name}`, crd);
  }
  return chart;
}
