// The configuration tells all its problems at once and refuses names it does not know.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../../app/config/env.ts';

describe('configuration', () => {
  let folder: string;
  let good: Record<string, string>;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    good = {
      SHOP_POSTGRES_PASSWORD_FILE: file('pg', 'secret\n'),
      SHOP_REDIS_PASSWORD_FILE: file('redis', 'secret'),
      SHOP_SESSION_KEYS_FILE: file('keys', 'new-key-of-some-length\nold-key-of-some-length\n'),
    };
  });
  after(() => rmSync(folder, { recursive: true }));

  it('reads secrets from files and keeps the order of the session keys', () => {
    const config = loadConfig(good);
    expect(config.postgresPassword()).to.equal('secret');
    expect(config.sessionKeys).to.deep.equal(['new-key-of-some-length', 'old-key-of-some-length']);
  });

  it('reads a password again each time, so that it can be rotated', () => {
    const config = loadConfig(good);
    writeFileSync(good.SHOP_REDIS_PASSWORD_FILE ?? '', 'rotated');
    expect(config.redisPassword()).to.equal('rotated');
    writeFileSync(good.SHOP_REDIS_PASSWORD_FILE ?? '', 'next rotated\n');
    expect(config.redisPassword()).to.equal('next');
  });

  it('lists every problem at once', () => {
    const bad = { ...good, HTTP_PORT: 'x', SHOP_SESSION_STRATEGY: 'y', SHOP_REDIS_SENTINELS: 'z' };
    expect(() => loadConfig(bad)).to.throw(
      /HTTP_PORT[\s\S]*SHOP_SESSION_STRATEGY[\s\S]*SHOP_REDIS_SENTINELS/,
    );
  });

  it('refuses an unknown SHOP_ name and says which are known', () => {
    expect(() => loadConfig({ ...good, SHOP_POSTGRES_HOST: 'x' })).to.throw(
      /SHOP_POSTGRES_HOST: unknown; known are .*SHOP_POSTGRES_RW_HOST/,
    );
  });

  it('looks into a second session store only beside the other one of the two that can be changed between', () => {
    const both = (strategy: string, other: string) => () =>
      loadConfig({ ...good, SHOP_SESSION_STRATEGY: strategy, SHOP_SESSION_OTHER_STRATEGY: other });
    expect(both('dynamodb', 'redis')).to.not.throw();
    expect(both('redis', '')).to.not.throw();
    expect(both('redis', 'redis')).to.throw('SHOP_SESSION_OTHER_STRATEGY: only redis beside dynamodb');
    expect(both('cookie', 'redis')).to.throw('SHOP_SESSION_OTHER_STRATEGY');
  });

  it('takes no empty number for 0', () => {
    expect(() => loadConfig({ ...good, SHOP_REDIS_ACK_REPLICAS: '' })).to.throw(
      /SHOP_REDIS_ACK_REPLICAS: must be a number, and is empty/,
    );
  });

  it('refuses cookies for HTTPS only where no proxy could have ended it', () => {
    const secure = { ...good, SHOP_SECURE_COOKIES: 'true' };
    expect(() => loadConfig(secure)).to.throw(/SHOP_SECURE_COOKIES: needs SHOP_PROXY_COUNT/);
    expect(loadConfig({ ...secure, SHOP_PROXY_COUNT: '1' }).SHOP_SECURE_COOKIES).to.equal(true);
  });

  it('refuses a secret that is empty or missing, without showing any', () => {
    const bad = { ...good, SHOP_POSTGRES_PASSWORD_FILE: join(folder, 'none') };
    expect(() => loadConfig(bad)).to.throw('SHOP_POSTGRES_PASSWORD_FILE: cannot be read (ENOENT)');
  });
});
