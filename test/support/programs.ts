// The system's programs that tests need, and the Debian packages they come from.
import type { SystemProgram } from '../../app/dev/packages.ts';

export const programs = {
  redis: { commands: ['redis-server'], debianPackage: 'redis-server' },
  /** The image's own start command, which the Redis tests run, calls it by this name. */
  sentinel: { commands: ['redis-sentinel'], debianPackage: 'redis-sentinel' },
  /** For the agent's tests: server, pg_rewind and pg_basebackup, which the npm package does not bring. */
  postgresql: {
    commands: [17, 16, 15, 18].map((major) => `/usr/lib/postgresql/${major}/bin/pg_rewind`),
    debianPackage: 'postgresql',
  },
  /** For the backups' tests. */
  pgbackrest: { commands: ['/usr/bin/pgbackrest'], debianPackage: 'pgbackrest' },
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
  /** For the node agent's tests, which are root and make network namespaces. */
  nft: { commands: ['nft'], debianPackage: 'nftables' },
  ip: { commands: ['ip'], debianPackage: 'iproute2' },
  /** DynamoDB Local runs on one and is fetched by the other. */
  java: { commands: ['java'], debianPackage: 'default-jre-headless' },
  maven: { commands: ['mvn'], debianPackage: 'maven' },
  openssl: { commands: ['openssl'], debianPackage: 'openssl' },
  shellcheck: { commands: ['shellcheck'], debianPackage: 'shellcheck' },
} as const satisfies Record<string, SystemProgram>;
