// All charts of one release, in the order in which they are applied. `cluster` charts are not Helm's: the namespace
// holds Helm's own records, and definitions must be there before the first object of their kind.
import { App } from 'cdk8s';
import type { ApiObject, Chart } from 'cdk8s';
import { appChart } from '../charts/app.ts';
import { certificatesChart } from '../charts/certificates.ts';
import { crdsChart } from '../charts/crds.ts';
import { credentialsChart } from '../charts/credentials.ts';
import { ingressChart } from '../charts/ingress.ts';
import { migrateChart } from '../charts/migrate.ts';
import { namespaceChart } from '../charts/namespace.ts';
import { networkChart } from '../charts/network.ts';
import { operatorChart } from '../charts/operator.ts';
import { postgresChart } from '../charts/postgres.ts';
import { redisChart } from '../charts/redis.ts';
import type { Profile } from '../profiles/profile.ts';

export interface ReleaseCharts {
  readonly namespace: Chart;
  readonly crds: Chart;
  /** What Helm installs. */
  readonly release: readonly Chart[];
}

export function releaseCharts(profile: Profile): ReleaseCharts {
  const app = new App();
  return {
    namespace: namespaceChart(app, profile),
    crds: crdsChart(app),
    release: [
      networkChart(app, profile),
      credentialsChart(app, profile),
      certificatesChart(app, profile),
      operatorChart(app, profile),
      postgresChart(app, profile),
      redisChart(app, profile),
      migrateChart(app, profile),
      appChart(app, profile),
      ingressChart(app, profile),
    ],
  };
}

/** In the order of the charts, then of their making: stable, so that two synths can be compared as text. */
export function objectsOf(charts: readonly Chart[]): ApiObject[] {
  return charts.flatMap((chart) => chart.apiObjects);
}
