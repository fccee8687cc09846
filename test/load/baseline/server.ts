// The same pages the way most people would write them: Express, express-session in Redis, EJS, a query per thing
// shown, and the middlewares every tutorial adds. A fair opponent for the bench: production mode, templates cached,
// sessions saved only when there is something in them. It promises nothing about carts in a failover.
import compression from 'compression';
import { RedisStore } from 'connect-redis';
import express from 'express';
import type { Request, Response } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import pg from 'pg';
import { createClient } from 'redis';
import {
  countBy,
  countProducts,
  findBoughtTogether,
  findBySku,
  findCards,
  findCategories,
  findProduct,
  findVariants,
} from './queries.ts';

declare module 'express-session' {
  interface SessionData {
    cart: Record<string, number>;
    message: string;
  }
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const redis = createClient({ url: process.env.REDIS_URL ?? '' });
await redis.connect();

const app = express();
app.set('views', `${import.meta.dirname}/views`);
app.set('view engine', 'ejs');
app.use(morgan('combined'));
app.use(helmet());
app.use(compression());
app.use(express.static(`${import.meta.dirname}/../../../app/public`));
app.use(express.urlencoded({ extended: false }));
app.use(
  session({
    store: new RedisStore({ client: redis }),
    secret: 'the bench needs no secret',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 30 * 24 * 3_600_000, sameSite: 'lax' },
  }),
);

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
const euro = (cents: number): string => money.format(cents / 100);

async function frame(req: Request) {
  const count = Object.values(req.session.cart ?? {}).reduce((sum, quantity) => sum + quantity, 0);
  return { categories: await findCategories(pool), count, message: req.session.message, euro };
}

app.get('/', async (req: Request, res: Response) => {
  res.render('home', { ...(await frame(req)), title: 'Clothes', cards: await findCards(pool, null, 8) });
});

app.get('/category/:slug', async (req: Request<{ slug: string }>, res: Response) => {
  const { slug } = req.params;
  const [cards, total, sizes, colours] = await Promise.all([
    findCards(pool, slug, 12),
    countProducts(pool, slug),
    countBy(pool, 'size', slug),
    countBy(pool, 'colour', slug),
  ]);
  res.render('listing', {
    ...(await frame(req as Request)),
    title: slug,
    slug,
    cards,
    total,
    sizes,
    colours,
  });
});

app.get('/products/:slug', async (req: Request<{ slug: string }>, res: Response) => {
  const product = await findProduct(pool, req.params.slug);
  if (product === undefined) {
    res.status(404).send('Not found');
    return;
  }
  const variants = await findVariants(pool, product.id);
  const cards = await findBoughtTogether(pool, product.slug);
  const colour = typeof req.query.colour === 'string' ? req.query.colour : variants[0]?.colour;
  res.render('product', {
    ...(await frame(req as Request)),
    title: product.name,
    product,
    cards,
    colour,
    colours: [...new Set(variants.map((variant) => variant.colour))],
    variants: variants.filter((variant) => variant.colour === colour),
  });
});

app.get('/cart', async (req: Request, res: Response) => {
  const cart = req.session.cart ?? {};
  const rows = await findBySku(pool, Object.keys(cart));
  const lines = rows.map((row) => ({ ...row, quantity: cart[row.sku] ?? 0 }));
  const total = lines.reduce((sum, line) => sum + line.quantity * line.price_cents, 0);
  res.render('cart', { ...(await frame(req)), title: 'Cart', lines, total });
});

app.post('/cart/lines', async (req: Request, res: Response) => {
  const { sku, quantity } = req.body as { sku: string; quantity: string };
  const [variant] = await findBySku(pool, [sku]);
  if (variant === undefined || variant.stock === 0) {
    res.status(422).send('Not available');
    return;
  }
  const cart = req.session.cart ?? {};
  cart[sku] = Math.min(10, (cart[sku] ?? 0) + Number(quantity));
  req.session.cart = cart;
  req.session.message = `${variant.name} is in your cart`;
  res.redirect(303, '/cart');
});

app.listen(Number(process.env.HTTP_PORT), '127.0.0.1');
