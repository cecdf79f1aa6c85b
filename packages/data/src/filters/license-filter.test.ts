import { expect, test } from 'vitest';
import { Page } from '../page/page.js';
import { fineWebSteps } from '../pipeline/fineweb-steps.js';
import { StepRunner } from '../pipeline/step-runner.js';
import { licenseFilter } from './license-filter.js';

const paragraph =
  '<p>The rope of the old harbour holds more than it weighs, and every sailor learns in the first week how it is tied.</p>';
const page = (head: string, foot = '') =>
  `<!doctype html><html><head><title>Ropes</title>${head}</head><body><article>${paragraph.repeat(4)}</article><footer>${foot}</footer></body></html>`;
const commons = 'https://creativecommons.org/licenses';

test.each([
  ['rel=license', page(`<link rel="license" href="${commons}/by/4.0/">`), 'kept'],
  ['another version', page(`<link rel="license" href="${commons}/by/2.5/deed.de">`), 'kept'],
  ['a link in the foot', page('', `<a href="${commons}/by/3.0/">CC BY 3.0</a>`), 'kept'],
  [
    'JSON-LD',
    page(`<script type="application/ld+json">{"@type":"Article","license":"${commons}/by/4.0"}</script>`),
    'kept',
  ],
  [
    'public domain',
    page('<link rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">'),
    'kept',
  ],
  [
    'share alike is another licence',
    page(`<link rel="license" href="${commons}/by-sa/4.0/">`),
    'license/not-allowed',
  ],
  ['not commercial', page(`<link rel="license" href="${commons}/by-nc/4.0/">`), 'license/not-allowed'],
  ['no statement', page('', '© 2024 Harbour Post. All rights reserved.'), 'license/unknown'],
  [
    'different licences of its parts',
    page('', `<a href="${commons}/by/3.0/">a</a> <a href="${commons}/by-nc/3.0/">b</a>`),
    'license/unknown',
  ],
])('a page with %s', async (_, content, expected) => {
  const steps = fineWebSteps({
    ...{
      url: false,
      language: false,
      gopherRepetition: false,
      gopherQuality: false,
      c4: false,
      fineWeb: false,
    },
    license: { allowed: ['CC-BY', 'CC0-1.0'] },
  });
  const verdict = await new StepRunner(steps).run(new Page({ content, contentType: 'text/html' }));
  expect(verdict.kind === 'drop' ? `${verdict.step}/${verdict.reason}` : 'kept').toBe(expected);
});

test.each([
  ['cc-by-4.0', 'kept'],
  ['CC BY 4.0', 'kept'],
  ['Creative Commons Attribution 4.0 International', 'kept'],
  ['Creative Commons Attribution-ShareAlike 4.0', 'not-allowed'],
  ['https://creativecommons.org/licenses/by/4.0/', 'kept'],
  [['cc-by-4.0', 'cc0-1.0'], 'kept'],
  [['cc-by-4.0', 'apache-2.0'], 'not-allowed'],
  ['all rights reserved', 'not-allowed'],
  ['unknown', 'unknown'],
  ['', 'unknown'],
  [7, 'unknown'],
])('a row with the licence %j', (license, expected) => {
  const step = licenseFilter({ allowed: ['cc-by', 'CC0-1.0'] });
  const verdict = step.run(new Page({ content: 'text', metadata: { license } }));
  expect(verdict.kind === 'drop' ? verdict.reason : 'kept').toBe(expected);
});

test.each([
  ['CC-BYY'],
  ['CC-BY-5.0'],
  ['CC-BY-3.0-DE'],
  ['not CC-BY'],
  ['creativecommons'],
  ['MIT-2.0'],
  ['Apache 3.0'],
  [''],
  ['proprietary'],
])('%j is refused by name: it would keep nothing', (name) => {
  expect(() => licenseFilter({ allowed: ['MIT', name] })).toThrow(`"${name}" is no licence that is known`);
});

test.each([
  ['cc-by-sa', 'CC-BY-SA-3.0', 'kept'],
  ['CC BY-SA 4.0', 'CC-BY-SA-3.0', 'not-allowed'],
  ['cc0', 'CC0-1.0', 'kept'],
  ['apache', 'apache-2.0', 'kept'],
  ['GPL-3.0', 'GPL-3.0-only', 'not-allowed'],
  ['gpl-3.0-only', 'GPL-3.0-only', 'kept'],
  ['openrail', 'openrail', 'kept'],
  ['https://creativecommons.org/licenses/by-nc/4.0/deed.fr', 'cc-by-nc-4.0', 'kept'],
  ['https://example.org/terms', 'https://example.org/terms', 'kept'],
])('%s asked for, a row with %s', (asked, license, expected) => {
  const step = licenseFilter({ allowed: [asked] });
  const verdict = step.run(new Page({ content: 'text', metadata: { license } }));
  expect(verdict.kind === 'drop' ? verdict.reason : 'kept').toBe(expected);
});

test('what is unknown stays where that is wanted; options without effect are refused', () => {
  const step = licenseFilter({ allowed: ['MIT'], unknown: 'keep' });
  expect(step.run(new Page({ content: 'text' })).kind).toBe('keep');
  expect(step.run(new Page({ content: 'text', metadata: { license: 'GPL-3.0' } })).kind).toBe('drop');
  expect(() => licenseFilter({ allowed: [] })).toThrow(/names no licence/);
  expect(() => licenseFilter({ allowed: ['MIT'], unknown: 'maybe' as 'keep' })).toThrow(/unknown is "maybe"/);
  expect(() =>
    fineWebSteps({ language: false, license: { allowed: ['MIT'] }, extraction: { metadata: false } }),
  ).toThrow(/metadata/);
});
