// How long files and pictures may be kept: for ever under the URL that names them, not at all under one that names another
// version, as a pod of the version before gives it during a rolling update.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import Koa from 'koa';
import { createAssets } from '../../../app/http/assets.ts';
import type { Assets } from '../../../app/http/assets.ts';
import type { AppState } from '../../../app/http/context.ts';

describe('files and pictures', () => {
  let folder: string;
  let assets: Assets;
  let server: Server;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assets-'));
    writeFileSync(join(folder, 'site.css'), 'main { color: black }');
    assets = createAssets(folder, { draw: (name) => (name === 'shirt' ? '<svg/>' : undefined) });
    const app = new Koa<AppState>();
    app.use(assets.middleware);
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function keptFor(path: string): Promise<string | null> {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    await answer.body?.cancel();
    expect(answer.status, path).to.equal(200);
    return answer.headers.get('cache-control');
  }

  it('are kept for ever under the URL that pages give them', async () => {
    expect(await keptFor(assets.url('site.css'))).to.include('immutable');
    expect(await keptFor(assets.pictureUrl('shirt'))).to.include('immutable');
  });

  it('are not kept under the URL of another version', async () => {
    expect(await keptFor('/assets/site.css?v=another')).to.equal('no-cache');
    expect(await keptFor('/pictures/shirt.svg?v=another')).to.equal('no-cache');
  });

  it('are kept for an hour where no version is named', async () => {
    expect(await keptFor('/assets/site.css')).to.equal('public, max-age=3600');
    expect(await keptFor('/pictures/shirt.svg')).to.equal('public, max-age=3600');
  });
});
