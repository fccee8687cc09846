// What the web pods and the migration Job share: the image, where the stores are, and the files with the secrets.
import type { k8s } from 'cdk8s-plus-27';
import type { Profile } from '../profiles/profile.ts';
import { env, podEnv } from './env.ts';
import { image } from './image.ts';
import { members, ports, secretsFolder } from './names.ts';
import { containerSecurity, resources, scratch, secretMount, secretVolume } from './pod.ts';
import type { Size } from './pod.ts';

type Settings = Readonly<Record<string, string | number | boolean>>;

export function appContainer(profile: Profile, size: Size, settings: Settings): k8s.Container {
  return {
    name: 'app',
    ...image(profile, 'app'),
    env: [...env({ ...storeSettings, ...settings }), ...podEnv('POD_NAME', 'NODE_NAME')],
    resources: resources(size),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      secretMount('pg-credentials'),
      secretMount('pg-tls'),
      secretMount('redis-credentials'),
      secretMount('redis-tls'),
      secretMount('app-keys'),
    ],
  };
}

export function appVolumes(): k8s.Volume[] {
  return [
    scratch('tmp', '32Mi'),
    secretVolume('pg-credentials', ['app-password']),
    secretVolume('pg-tls', ['ca.crt']),
    secretVolume('redis-credentials', ['app-password']),
    secretVolume('redis-tls', ['ca.crt']),
    secretVolume('app-keys', ['session-keys']),
  ];
}

/** Settings that a chart's values can change; the Job has none of them, because a Job cannot be changed. */
export function webSettings(profile: Profile): Settings {
  return {
    HTTP_PORT: ports.app,
    OPS_PORT: ports.appOps,
    LOG_LEVEL: profile.logLevel,
    SHOP_PUBLIC_URL: profile.publicUrl,
    SHOP_PROXY_COUNT: profile.ingress.proxyCount,
    SHOP_SECURE_COOKIES: profile.secureCookies,
    SHOP_SESSION_STRATEGY: profile.sessionStrategy,
    SHOP_SESSION_OTHER_STRATEGY: profile.otherSessionStrategy,
    SHOP_DYNAMODB_TABLE: profile.dynamodb.table,
    SHOP_DYNAMODB_REGION: profile.dynamodb.region,
    SHOP_DYNAMODB_ENDPOINT: profile.dynamodb.endpoint,
    SHOP_CART_WRITE_THROUGH: 'async',
    // preStop has waited already when the signal comes.
    SHOP_SHUTDOWN_GAP_MS: 0,
  };
}

const storeSettings: Settings = {
  SHOP_POSTGRES_RW_HOST: 'pg-rw',
  SHOP_POSTGRES_RO_HOST: 'pg-ro',
  SHOP_POSTGRES_PORT: ports.postgres,
  SHOP_POSTGRES_DATABASE: 'app',
  SHOP_POSTGRES_USER: 'app',
  SHOP_POSTGRES_PASSWORD_FILE: `${secretsFolder}/pg-credentials/app-password`,
  SHOP_POSTGRES_CA_FILE: `${secretsFolder}/pg-tls/ca.crt`,
  SHOP_REDIS_SENTINELS: members('sentinel')
    .map((host) => `${host}:${ports.sentinel}`)
    .join(','),
  SHOP_REDIS_MASTER: 'main',
  SHOP_REDIS_USER: 'app',
  SHOP_REDIS_PASSWORD_FILE: `${secretsFolder}/redis-credentials/app-password`,
  SHOP_REDIS_CA_FILE: `${secretsFolder}/redis-tls/ca.crt`,
  SHOP_SESSION_KEYS_FILE: `${secretsFolder}/app-keys/session-keys`,
};
