// The web tier: a Deployment whose size belongs to its HPA, and what stands in front of and around it.
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { account } from '../lib/account.ts';
import { add } from '../lib/add.ts';
import { appContainer, appVolumes, webSettings } from '../lib/app-container.ts';
import { budget } from '../lib/budget.ts';
import { metadata } from '../lib/metadata.ts';
import { ports } from '../lib/names.ts';
import { newer } from '../lib/newer.ts';
import { podTemplate } from '../lib/pod.ts';
import { http, probes } from '../lib/probes.ts';
import { servicePorts } from '../lib/service.ts';
import { deploymentSpread } from '../lib/spread.ts';
import { selectorOf } from '../lib/tiers.ts';
import type { Profile } from '../profiles/profile.ts';

/** Requests in flight get this long after the load balancer has forgotten the pod. */
const requestSeconds = 30;

export function appChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'app');
  account(chart, profile.release, 'app', profile.appAccountAnnotations);
  deployment(chart, profile);
  service(chart, profile);
  autoscaler(chart, profile);
  budget(chart, profile.release, 'app');
  return chart;
}

function deployment(chart: Chart, profile: Profile): void {
  const { release } = profile;
  const object = add(chart, k8s.KubeDeployment, 'Deployment/app', {
    metadata: metadata(release, 'app', 'app'),
    spec: {
      selector: { matchLabels: selectorOf('app', release) },
      // No replicas: the number is the HPA's, and writing one would undo its work at every deploy.
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 900,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxSurge: k8s.IntOrString.fromNumber(2),
          maxUnavailable: k8s.IntOrString.fromNumber(0),
        },
      },
      template: podTemplate({
        tier: 'app',
        release,
        serviceAccount: 'app',
        graceSeconds: profile.ingress.drainSeconds + requestSeconds,
        spread: deploymentSpread('app', release),
        containers: [webContainer(profile)],
        volumes: appVolumes(),
      }),
    },
  });
  // The pod keeps serving while load balancers still send to it; no shell is needed for that any more.
  newer(object, 'spec.template.spec.containers.0.lifecycle.preStop', {
    sleep: { seconds: profile.ingress.drainSeconds },
  });
}

function webContainer(profile: Profile): k8s.Container {
  return {
    ...appContainer(profile, profile.sizes.app, webSettings(profile)),
    args: ['serve'],
    ports: [
      { name: 'http', containerPort: ports.app, protocol: 'TCP' },
      { name: 'ops', containerPort: ports.appOps, protocol: 'TCP' },
    ],
    lifecycle: { preStop: {} },
    ...probes({
      startup: http('/startupz', 'ops'),
      readiness: http('/readyz', 'ops'),
      liveness: http('/livez', 'ops'),
      // The first start of everything waits for a primary and the schema.
      startupSeconds: 900,
    }),
  };
}

/** A week: a visitor whose cookie ends is led to another pod, where her cart is not. */
const ALB_LONGEST_SECONDS = 604_800;

/** Affinity is told to Traefik and to an ALB alike; it only exists for the step of the story that shows its weakness. */
function service(chart: Chart, profile: Profile): void {
  const sticky = String(profile.sessionStrategy === 'sticky');
  add(chart, k8s.KubeService, 'Service/app', {
    metadata: metadata(profile.release, 'app', 'app', {
      'traefik.ingress.kubernetes.io/service.sticky.cookie': sticky,
      'alb.ingress.kubernetes.io/target-group-attributes': [
        `stickiness.enabled=${sticky}`,
        `stickiness.lb_cookie.duration_seconds=${ALB_LONGEST_SECONDS}`,
        'deregistration_delay.timeout_seconds=15',
      ].join(','),
    }),
    spec: {
      selector: selectorOf('app', profile.release),
      ports: servicePorts({ http: 80 }),
    },
  });
}

/** Doubles every 15 s when it must, and gives back one pod in four a minute after five quiet minutes. */
function autoscaler(chart: Chart, profile: Profile): void {
  const { minReplicas, maxReplicas, cpuPercent } = profile.scale;
  add(chart, k8s.KubeHorizontalPodAutoscalerV2, 'HorizontalPodAutoscaler/app', {
    metadata: metadata(profile.release, 'app', 'app'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 15 },
            { type: 'Pods', value: 3, periodSeconds: 15 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Max',
          policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }],
        },
      },
    },
  });
}
