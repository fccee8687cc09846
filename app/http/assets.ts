// The files of app/public and the drawn pictures, with URLs that carry a hash of the content: a browser may keep
// them for ever, and a new version has a new URL. Both are served before the session, so they never cost a store
// trip. During a rolling update a page of the one version asks a pod of the other: what is not what the URL names is sent,
// and not kept.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import koaStatic from 'koa-static';
import { notFound } from './errors.ts';
import type { AppContext, Next } from './context.ts';

const PREFIX = '/assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';
/** For URLs without a hash, typed by hand or linked from outside. */
const FOR_AN_HOUR = 'public, max-age=3600';
const NOT_AS_THIS = 'no-cache';

export interface PictureSource {
  /** The SVG of this picture, or undefined where nothing of this name can be drawn. */
  readonly draw: (name: string) => string | undefined;
}

export interface Assets {
  readonly url: (file: string) => string;
  readonly pictureUrl: (name: string) => string;
  readonly middleware: (ctx: AppContext, next: Next) => Promise<unknown>;
}

function hashOf(content: string | Buffer): string {
  return hash('sha256', content, 'base64url').slice(0, 10);
}

function hashFiles(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [relative(directory, path), hashOf(readFileSync(path))];
    }),
  );
}

function pictureCache(source: PictureSource) {
  const drawn = new Map<string, { svg: string; hash: string }>();
  return (name: string): { svg: string; hash: string } | undefined => {
    const known = drawn.get(name);
    if (known !== undefined) return known;
    const svg = source.draw(name);
    if (svg === undefined) return undefined;
    const picture = { svg, hash: hashOf(svg) };
    // Bounded by the catalogue: only names that can be drawn get here.
    drawn.set(name, picture);
    return picture;
  };
}

function keep(ctx: AppContext, hash: string | undefined): void {
  const { v } = ctx.query;
  const asNamed = v === hash ? FOR_EVER : NOT_AS_THIS;
  ctx.set('Cache-Control', v === undefined ? FOR_AN_HOUR : asNamed);
}

export function createAssets(publicDirectory: string, source: PictureSource): Assets {
  const hashes = hashFiles(publicDirectory);
  const picture = pictureCache(source);
  const serve = koaStatic(publicDirectory, { index: false });

  async function serveFile(ctx: AppContext): Promise<void> {
    const path = ctx.path;
    keep(ctx, hashes.get(path.slice(PREFIX.length)));
    ctx.path = path.slice(PREFIX.length - 1);
    try {
      await serve(ctx, () => Promise.reject(notFound()));
    } finally {
      ctx.path = path;
    }
  }

  return {
    url: (file) => `${PREFIX}${file}?v=${hashes.get(file) ?? '0'}`,
    pictureUrl: (name) => `/pictures/${name}.svg?v=${picture(name)?.hash ?? '0'}`,
    middleware: function assetsMiddleware(ctx, next) {
      if (ctx.path.startsWith(PREFIX)) return serveFile(ctx);
      if (ctx.path === '/favicon.ico') {
        ctx.redirect(`${PREFIX}favicon.svg`);
        return Promise.resolve();
      }
      const name = /^\/pictures\/([a-z0-9-]{1,120})\.svg$/.exec(ctx.path)?.[1];
      if (name === undefined) return next();
      const found = picture(name);
      if (found === undefined) throw notFound();
      ctx.type = 'image/svg+xml';
      keep(ctx, found.hash);
      ctx.body = found.svg;
      return Promise.resolve();
    },
  };
}
