import { describe, expect, it } from 'vitest';
import { createKeyMaker } from '../deduplication/document-keys.js';
import { createMinhasher } from '../deduplication/minhash.js';
import { extractText } from '../extraction/extract-text.js';
import { textExtraction } from '../extraction/text-extraction.js';
import { c4Quality } from '../filters/c4-quality.js';
import { fineWebQuality } from '../filters/fineweb-quality.js';
import { gopherQuality } from '../filters/gopher-quality.js';
import { gopherRepetition } from '../filters/gopher-repetition.js';
import { licenseFilter } from '../filters/license-filter.js';
import { removePii } from '../filters/pii.js';
import { urlFilter } from '../filters/url-filter.js';
import { languageFilter } from '../language/language-filter.js';
import { fineWebSteps } from '../pipeline/fineweb-steps.js';
import { fineWeb2Steps } from '../pipeline/fineweb2-steps.js';
import { qualityFilter } from '../quality/quality-filter.js';
import { sampleDocuments } from '../sampling/sample-documents.js';
import { checkOptions } from './check-options.js';

// As JavaScript calls: whatever the types say.
// biome-ignore lint/suspicious/noExplicitAny: that is what is tested
type Anything = any;

const identifier = { name: 'all-english', identify: () => ({ language: 'en', score: 1 }) };
const scorer = { name: 'length', score: (text: string) => text.length };
const factories: Record<string, { make(options: Anything): unknown; needed?: object }> = {
  urlFilter: { make: urlFilter },
  textExtraction: { make: textExtraction },
  extractText: { make: (options) => extractText('<p>x</p>', options) },
  languageFilter: { make: languageFilter, needed: { identifier } },
  gopherRepetition: { make: gopherRepetition },
  gopherQuality: { make: gopherQuality },
  c4Quality: { make: c4Quality },
  fineWebQuality: { make: fineWebQuality },
  licenseFilter: { make: licenseFilter, needed: { allowed: ['CC-BY'] } },
  qualityFilter: { make: qualityFilter, needed: { scorer, minimum: 1 } },
  sampleDocuments: { make: sampleDocuments, needed: { fraction: 0.5 } },
  fineWebSteps: { make: fineWebSteps, needed: { language: false } },
  fineWeb2Steps: { make: fineWeb2Steps, needed: { identifier } },
  createMinhasher: { make: createMinhasher },
  createKeyMaker: { make: createKeyMaker },
  removePii: { make: (options) => removePii('x', options) },
};

describe.each(Object.entries(factories))('%s', (_, { make, needed = {} }) => {
  it('takes what it needs', () => {
    expect(() => make(needed)).not.toThrow();
    expect(() => make({ ...needed, thresold: undefined })).toThrow(/has no option "thresold"/);
  });

  it.each<[object]>([[{ thresold: 0.5 }], [{ Languages: ['de'] }], [{ constructor: 1 }]])(
    'refuses %j by name',
    (strange) => {
      const name = Object.keys(strange)[0]!;
      expect(() => make({ ...needed, ...strange })).toThrow(
        new RegExp(`has no option "${name}".* It has [a-z]`),
      );
    },
  );

  it.each([[null], ['options'], [7], [[]]])('refuses %j in place of options', (value) => {
    expect(() => make(value)).toThrow(/takes an object of options/);
  });
});

it.each<[() => unknown, RegExp]>([
  [() => languageFilter({ identifier, language: ['de'] } as Anything), /is "languages" meant\?/],
  [
    () => languageFilter({ identifier, languages: 'de' } as Anything),
    /"languages" .* is "de"; it must be a list/,
  ],
  [() => languageFilter({} as Anything), /needs "identifier"/],
  [() => urlFilter({ domains: 'example.org' } as Anything), /"domains" .* must be a list/],
  [() => gopherQuality({ minWords: '30' } as Anything), /"minWords" .* must be a number/],
  [() => c4Quality({ minSentences: Number.NaN }), /"minSentences" .* NaN; it must be a number/],
  [() => gopherRepetition({ topGrams: 0.2 } as Anything), /"topGrams" .* must be a list/],
  [() => fineWebSteps({} as Anything), /needs "language"/],
  [() => fineWebSteps({ language: false, c4: { minimumSentences: 1 } } as Anything), /c4 has no option/],
  [() => fineWebSteps({ language: false, url: { domain: [] } } as Anything), /is "domains" meant/],
  [() => createKeyMaker({ minhash: false, buckets: 3 }), /buckets, which is of MinHash/],
  [() => removePii('x', { emails: false, ipAddresses: false }), /nothing is left to do/],
  [() => removePii('x', { patterns: 'all' } as Anything), /patterns/],
])('%s says what is wrong', (make, message) => {
  expect(make).toThrow(message);
});

it('names what is like the name that was given, and nothing else', () => {
  const message = (name: string): string => {
    try {
      checkOptions<object>('It', { [name]: 1 }, { minimum: 'any', colour: 'any' } as object);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  expect(message('minimun')).toBe('It has no option "minimun": is "minimum" meant? It has minimum, colour.');
  expect(message('weight')).toBe('It has no option "weight". It has minimum, colour.');
});
