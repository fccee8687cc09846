// Serves every view with its sample model, the real stylesheets and the real pictures, under the shop's
// Content-Security-Policy: pages as a browser sees them, without a database behind.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Eta } from 'eta';
import { COLOURS, type Colour } from '../../../app/catalog/seed-product.ts';
import type { ViewName } from '../../../app/http/view-models.ts';
import type { Language } from '../../../app/http/view-parts.ts';
import { catalogue } from '../../../app/seed/catalogue.ts';
import { drawCategoryPicture, drawPicture } from '../../../app/seed/pictures.ts';
import { sampleLayout } from '../../unit/app/sample-parts.ts';
import { samples } from '../../unit/app/view-samples.ts';

export const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'";
const app = path.join(import.meta.dirname, '../../../app');
const types: Readonly<Record<string, string>> = {
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

const isColour = (text: string): text is Colour => Object.hasOwn(COLOURS, text);
const isView = (text: string): text is ViewName => Object.hasOwn(samples, text);

function picture(name: string): string {
  if (name.startsWith('category-')) return drawCategoryPicture({ slug: name.slice('category-'.length) });
  const dash = name.lastIndexOf('-');
  const product = catalogue.find((article) => article.slug === name.slice(0, dash));
  const colour = name.slice(dash + 1);
  if (!product || !isColour(colour)) throw new Error(`no picture ${name}`);
  return drawPicture(product, colour);
}

function page(eta: Eta, view: ViewName, query: URLSearchParams): string {
  const language: Language = query.get('lang') === 'de' ? 'de' : 'en';
  const layout = sampleLayout(language, query.has('guest') ? { user: null, cartCount: 0 } : {});
  return eta.render(`/${view}`, { ...samples[view], layout });
}

async function bodyOf(eta: Eta, url: URL): Promise<string | undefined> {
  const [folder = '', file = ''] = url.pathname.slice(1).split('/');
  if (folder === 'assets') return readFile(path.join(app, 'public', path.basename(file)), 'utf8');
  if (folder === 'pictures') return picture(file.replace('.svg', ''));
  return isView(folder) ? page(eta, folder, url.searchParams) : undefined;
}

async function answer(eta: Eta, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await bodyOf(eta, url);
  response.writeHead(body === undefined ? 404 : 200, {
    'Content-Security-Policy': policy,
    'Content-Type': types[path.extname(url.pathname).slice(1)] ?? 'text/html; charset=utf-8',
  });
  response.end(body);
}

/** Listens on a free loopback port until `close`. Each view is at /<name>, with ?lang=de and ?guest. */
export async function serveViews(): Promise<{ baseUrl: string; close: () => Promise<void> }> {
  const eta = new Eta({ views: path.join(app, 'views'), varName: 'it', autoEscape: true, cache: true });
  const server = createServer((request, response) => {
    answer(eta, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
