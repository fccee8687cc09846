// Changing language and currency: a form on every page, remembered by the browser.
import type Router from '@koa/router';
import type { AppState } from './context.ts';
import { typed } from './input.ts';
import { currencyFrom, languageFrom, writePreferences } from './middleware/preferences.ts';
import { bodyOf, localPath, seeOther } from './pages.ts';
import { createRouter } from './router.ts';

export function preferencesRoutes(): Router<AppState> {
  const router = createRouter();
  router.post('/preferences', (ctx) => {
    const form = typed(bodyOf(ctx), ['language', 'currency', 'returnTo']);
    const language = languageFrom(form.language) ?? ctx.state.language;
    const currency = currencyFrom(form.currency) ?? ctx.state.currency;
    writePreferences(ctx, language, currency);
    seeOther(ctx, localPath(form.returnTo, '/'));
  });
  return router;
}
