// Names, ports and paths that more than one manifest, program or test speaks of. They are fixed: one release per
// namespace, no release prefix, so that `pg-rw` means the same in a manifest, a log line and a runbook.

export const productName = 'myclothes';

export const ports = {
  app: 8080,
  appOps: 9090,
  postgres: 5432,
  agent: 8008,
  redis: 6379,
  sentinel: 26_379,
  operatorOps: 9090,
} as const;

export const images = ['app', 'operator', 'postgres', 'redis'] as const;
export type ImageName = (typeof images)[number];

/** Members of a stateful set in ordinal order: members('pg') = pg-0, pg-1, pg-2. */
export function members(set: string, count = 3): readonly string[] {
  return Array.from({ length: count }, (_, ordinal) => `${set}-${ordinal}`);
}

/** All images run as this user and group; kube-score and CKV_K8S_40 want it above 10000. */
export const userId = 10_001;

export const secretsFolder = '/etc/secrets';

/** The operator fills the keys of a Secret that carries this annotation and never overwrites one. */
export const generateAnnotation = 'quorum.dev/generate';

/** The names a certificate is issued for, on the Secret that will hold it. */
export const certificateAnnotation = 'quorum.dev/certificate';
/** The Secret of the authority that signs it. */
export const authorityAnnotation = 'quorum.dev/authority';
/** On a pod: it speaks TLS, with the certificates of this Secret. */
export const tlsAnnotation = 'quorum.dev/tls';
