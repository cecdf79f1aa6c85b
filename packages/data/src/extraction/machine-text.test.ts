import { expect, it } from 'vitest';
import { extractText } from './extract-text.js';

const prose = [
  'The shirt is cut from combed cotton and has a neck that keeps its shape after many a wash.',
  'It is sewn in a small workshop at the river, by people who have done nothing else for years.',
  'Whoever wants to try it on first may do so on any day of the week but Monday, from ten to six.',
];
const address = 'https://pictures.example.com/stencil/160x160/5001_stone_thumb__73921.original.jpg';
const page = (part: string): string =>
  `<!doctype html><title>Shop</title><main><h1>Staple shirt</h1>${prose.map((line) => `<p>${line}</p>`).join('')}${part}</main>`;
const linesOf = (html: string): string[] => {
  const found = extractText(html, { mode: 'recall' });
  return found.kind === 'keep' ? found.text.split('\n') : [];
};

it.each([
  ['an address', `<dl><dt>cat_thumb_stone:</dt><dd>${address}</dd></dl>`],
  ['a key', '<p>S19aea247-2e76-4905-9b83-15a5a5664cfa-G661bd3c3-576f-4713</p>'],
  ['an encoded value', '<p>eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0</p>'],
])('leaves out %s', (_, part) => {
  const text = linesOf(page(part)).join(' ');
  for (const line of prose) expect(text).toContain(line);
  expect(text).not.toMatch(/[!-~]{30}/);
  expect(text).not.toContain('cat_thumb');
});

it.each([
  ['a link', `<p>Its picture lies here, for all who want to see it: <a href="${address}">${address}</a></p>`],
  ['code', `<p>The picture is fetched by its address alone:</p><pre><code>${address}</code></pre>`],
  ['a sentence', `<p>The picture lies at ${address} and may be used by anybody who names the workshop.</p>`],
])('keeps an address in %s', (_, part) => {
  expect(linesOf(page(part)).join('\n')).toContain(address);
});

it('keeps formulas', () => {
  const formula =
    '<math display="block" alttext="a_{0}=\\frac{1}{2\\pi}\\int_{-\\pi}^{\\pi}f(x)dx"><mi>a</mi></math>';
  expect(
    linesOf(
      page(`<p>The first coefficient of the series is the mean of all that is sewn:</p>${formula}`),
    ).join(),
  ).toContain('frac');
});
