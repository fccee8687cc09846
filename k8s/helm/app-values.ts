// Values of the web tier: how it presents itself, keeps sessions, drains and scales.
import { at } from './place.ts';
import type { Place } from './place.ts';
import { flag, integer, string, textMap, toggle } from './row.ts';
import type { Row } from './row.ts';
import { container, environment, pod } from './workloads.ts';

const levels = { enum: ['debug', 'info', 'warn', 'error'] };
const app = 'Deployment/app';
const scaler = 'HorizontalPodAutoscaler/app';

export function appValues(): Row[] {
  return [
    strategy(),
    ...storeValues(),
    ...webValues(),
    ...drainValues(),
    ...scaleValues(),
    ...ingressValues(),
  ];
}

function variable(name: string): Place[] {
  return [at(app, environment(app, name))];
}

function strategy(): Row {
  const sticky = { object: 'Service/app', equals: 'sticky' };
  const annotation = (name: string) => `metadata.annotations.["${name}"]`;
  return {
    ...string(
      'session.strategy',
      'Where sessions and carts live; `sticky` also turns on affinity at the load balancer.',
      'sticky',
      [
        ...variable('SHOP_SESSION_STRATEGY'),
        { ...sticky, path: annotation('traefik.ingress.kubernetes.io/service.sticky.cookie') },
        {
          ...sticky,
          path: annotation('alb.ingress.kubernetes.io/target-group-attributes'),
          match: /^stickiness\.enabled=([^,]+)/,
        },
      ],
    ),
    schema: { type: 'string', enum: ['memory', 'sticky', 'cookie', 'redis', 'dynamodb'] },
  };
}

/** Empty is a value of its own here. */
function optional(row: Row): Row {
  return { ...row, schema: { type: 'string' } };
}

function storeValues(): Row[] {
  const other = string(
    'session.otherStrategy',
    'Looked into as well, while a rolling change between redis and dynamodb goes on (docs/sessions.md).',
    'dynamodb',
    variable('SHOP_SESSION_OTHER_STRATEGY'),
  );
  return [
    { ...other, schema: { type: 'string', enum: ['', 'redis', 'dynamodb'] } },
    string('dynamodb.table', 'Its table (docs/sessions.md).', 'changed', variable('SHOP_DYNAMODB_TABLE')),
    optional(
      string(
        'dynamodb.region',
        'Region; empty is what IRSA says.',
        'eu-west-1',
        variable('SHOP_DYNAMODB_REGION'),
      ),
    ),
    optional(
      string(
        'dynamodb.endpoint',
        'Only for DynamoDB Local.',
        'http://dynamodb:8000',
        variable('SHOP_DYNAMODB_ENDPOINT'),
      ),
    ),
  ];
}

function webValues(): Row[] {
  const address = 'https://changed.example.org';
  const operator = 'Deployment/operator';
  const operatorLevel = [at(operator, environment(operator, 'LOG_LEVEL'))];
  return [
    string('app.publicUrl', 'The address shoppers type.', address, variable('SHOP_PUBLIC_URL')),
    flag('app.secureCookies', 'Cookies only over HTTPS.', variable('SHOP_SECURE_COOKIES'), true),
    integer(
      'app.proxyCount',
      'Trusted proxies in front of the app (X-Forwarded-For).',
      2,
      variable('SHOP_PROXY_COUNT'),
      { maximum: 5 },
    ),
    string(
      'app.cartWriteThrough',
      'Second copy of carts in Postgres: `async`, or `off` to see what Redis alone keeps.',
      'off',
      variable('SHOP_CART_WRITE_THROUGH'),
      { enum: ['async', 'off'] },
    ),
    string('app.logLevel', 'Log level of the web pods.', 'warn', variable('LOG_LEVEL'), levels),
    string('operator.logLevel', 'Log level of the operator.', 'warn', operatorLevel, levels),
    textMap('app.serviceAccount.annotations', "Annotations of the app's ServiceAccount (IRSA on EKS).", [
      at('ServiceAccount/app', 'metadata.annotations'),
    ]),
  ];
}

function drainValues(): Row[] {
  return [
    integer(
      'app.drainSeconds',
      'How long a stopping pod keeps serving until the load balancer has forgotten it.',
      7,
      [at(app, `${container}.lifecycle.preStop.sleep.seconds`)],
      // Clusters before 1.33 refuse a sleep of 0.
      { minimum: 1 },
    ),
    integer('app.terminationGracePeriodSeconds', 'drainSeconds plus the longest request.', 77, [
      at(app, `${pod}.terminationGracePeriodSeconds`),
    ]),
  ];
}

function scaleValues(): Row[] {
  const atLeastOne = { minimum: 1 };
  return [
    integer(
      'autoscaling.minReplicas',
      'Fewest web pods; three zones want three.',
      4,
      [at(scaler, 'spec.minReplicas')],
      atLeastOne,
    ),
    integer('autoscaling.maxReplicas', 'Most web pods.', 40, [at(scaler, 'spec.maxReplicas')], atLeastOne),
    integer(
      'autoscaling.cpuPercent',
      'Target CPU use in percent of the request.',
      50,
      [at(scaler, 'spec.metrics.0.resource.target.averageUtilization')],
      { minimum: 1, maximum: 100 },
    ),
  ];
}

function ingressValues(): Row[] {
  const host = string('ingress.host', 'Host name; empty answers to any.', 'changed.example.org', [
    at('Ingress/app', 'spec.rules.0.host'),
  ]);
  return [
    toggle('ingress.enabled', 'Make the Ingress object.', ['Ingress/app']),
    string('ingress.className', 'IngressClass.', 'changed', [at('Ingress/app', 'spec.ingressClassName')]),
    { ...host, schema: { type: 'string' } },
    textMap('ingress.annotations', 'Annotations for the ingress controller.', [
      at('Ingress/app', 'metadata.annotations'),
    ]),
  ];
}
