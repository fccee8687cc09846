// The least a Koa server can do: one string for every request, as long as a page. What the bench divides by.
import Koa from 'koa';

const text = 'x'.repeat(Number(process.env.BYTES));

const app = new Koa();
app.use((ctx) => {
  ctx.body = text;
});
app.listen(Number(process.env.HTTP_PORT), '127.0.0.1');
