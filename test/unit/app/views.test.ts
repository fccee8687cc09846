// Renders every page from its sample model, in both languages, and reads the HTML as a strict reviewer would:
// what the Content-Security-Policy would refuse, what a screen reader would miss, what a template forgot.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { Eta } from 'eta';
import type { ViewName } from '../../../app/http/view-models.ts';
import { LANGUAGES, type Language } from '../../../app/http/view-parts.ts';
import { de } from '../../../app/locales/de.ts';
import { en } from '../../../app/locales/en.ts';
import { translator } from '../../../app/locales/translate.ts';
import { sampleLayout } from './sample-parts.ts';
import { samples } from './view-samples.ts';

const views = path.join(import.meta.dirname, '../../../app/views');
const eta = new Eta({ views, varName: 'it', autoEscape: true, cache: true });

const render = (name: ViewName, language: Language): string =>
  eta.render(`/${name}`, { ...samples[name], layout: sampleLayout(language) });

const all = (html: string, pattern: RegExp): readonly string[] =>
  [...html.matchAll(pattern)].map((match) => match[1] ?? match[0]);

const templateFiles = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.eta'),
);

for (const name of Object.keys(samples) as ViewName[]) {
  describe(`the page ${name}`, () => {
    for (const language of LANGUAGES) {
      it(`says everything in ${language}, with nothing missing or unprinted`, () => {
        const text = render(name, language);
        expect(text).to.not.match(/undefined|\[object |NaN|\bnull\b/);
        expect(text, 'a key without words').to.not.match(/>\s*[a-z]+\.[a-zA-Z.]+\s*</);
        expect(text).to.include(`<html lang="${language}">`);
      });
    }

    const html = render(name, 'en');

    it('has one main heading and one main part to skip to', () => {
      expect(all(html, /<h1[ >]/g)).to.have.length(1);
      expect(all(html, /<main id="main"/g)).to.have.length(1);
      expect(html).to.include('href="#main"');
    });

    it('contains no inline style or script', () => {
      expect(html).to.not.match(/<style|\sstyle=|\son[a-z]+="/);
      for (const script of all(html, /(<script[^>]*>[^<]*)/g)) expect(script).to.match(/src="[^"]+"[^>]*>$/);
    });

    it('loads at most two files that block drawing, all of them its own', () => {
      expect(all(html, /<link rel="stylesheet"/g)).to.have.length.within(1, 2);
      for (const script of all(html, /(<script[^>]*>)/g)) expect(script).to.include('type="module"');
      expect(html.replaceAll('http://www.w3.org/', '')).to.not.match(/(?:src|href)="(?:https?:)?\/\//);
    });

    it('labels every field and uses every id once', () => {
      const ids = all(html, /\sid="([^"]+)"/g);
      expect(new Set(ids).size, ids.join(' ')).to.equal(ids.length);
      const labels = new Set(all(html, /<label[^>]*\sfor="([^"]+)"/g));
      for (const field of all(html, /(<(?:input|select)\b[^>]*>)/g)) {
        if (field.includes('type="hidden"')) continue;
        expect(labels.has(all(field, /\sid="([^"]+)"/g)[0] ?? ''), field).to.equal(true);
      }
    });

    it('points only at ids that exist', () => {
      const ids = new Set(all(html, /\sid="([^"]+)"/g));
      const pointers = all(html, /\saria-(?:describedby|labelledby)="([^"]+)"/g).flatMap((value) =>
        value.split(' '),
      );
      for (const pointer of [...pointers, ...all(html, /href="#([^"]+)"/g)]) {
        expect(ids.has(pointer), pointer).to.equal(true);
      }
    });
  });
}

describe('forms that come back', () => {
  it('show what was typed, escaped, and every problem beside its field', () => {
    const html = render('checkout', 'en');
    expect(html).to.include('value="Ada &lt;b&gt;"').and.include('value="Square 12 &quot;B&quot;"');
    expect(all(html, /class="problem" id="([a-zA-Z]+)-problem"/g)).to.have.members(
      Object.keys(samples.checkout.form.problems),
    );
  });

  it('never send a password back', () => {
    const typed = { ...samples.login.form, values: { email: 'a@example.org', password: 'secret-word' } };
    const html = eta.render('/login', { ...samples.login, form: typed, layout: sampleLayout('en') });
    expect(html).to.include('a@example.org').and.not.include('secret-word');
  });
});

describe('the fixed words', () => {
  const used = new Set(
    templateFiles.flatMap((file) =>
      all(readFileSync(path.join(views, file), 'utf8'), /\bt\('([a-zA-Z.]+)'/g),
    ),
  );

  it('are all written, and all used', () => {
    expect([...used].sort()).to.deep.equal(Object.keys(en).sort());
  });

  it('take the same values in both languages', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(all(de[key], /\{\w+\}/g), key).to.have.members([...all(en[key], /\{\w+\}/g)]);
    }
  });

  it('are filled in by name', () => {
    expect(translator('de')('account.hello', { name: 'Ada' })).to.equal('Hallo, Ada');
  });
});
