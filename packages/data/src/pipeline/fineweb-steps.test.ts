import { describe, expect, it } from 'vitest';
import { Page } from '../page/page.js';
import { fineWebSteps } from './fineweb-steps.js';
import { StepRunner } from './step-runner.js';

const identifier = { name: 'always English', identify: () => ({ language: 'en', score: 0.9 }) };
const names = (steps: readonly { readonly name: string }[]): string[] => steps.map(({ name }) => name);

describe('fineWebSteps', () => {
  it('lists the steps in the order of FineWeb and leaves out what is switched off', () => {
    expect(names(fineWebSteps({ language: { identifier } }))).toEqual([
      'url',
      'repair',
      'extraction',
      'language',
      'gopher-repetition',
      'gopher-quality',
      'c4',
      'fineweb',
    ]);
    const off = { url: false, language: false, gopherRepetition: false, gopherQuality: false } as const;
    expect(names(fineWebSteps({ ...off, c4: false, fineWeb: false }))).toEqual(['repair', 'extraction']);
  });

  it('repairs UTF-8 that was read in another encoding, but where a preset is named', async () => {
    const html = (text: string) =>
      new Page({ content: `<article><p>${text}</p></article>`, contentType: 'text/html' });
    const off = { url: false, language: false, gopherRepetition: false, gopherQuality: false } as const;
    const text = 'The captain’s log was kept in the café, and one line of it was about the sea – no more.';
    const wrong = Buffer.from(text, 'utf8').toString('latin1');
    for (const [preset, expected] of [
      [undefined, text],
      // Extraction takes out the controls.
      ['fineweb-v1', wrong.replace(/[\x80-\x9f]/g, '')],
    ] as const) {
      const page = html(wrong);
      await new StepRunner(fineWebSteps({ ...off, c4: false, fineWeb: false, preset })).run(page);
      expect(page.text).toBe(expected);
    }
  });

  it('cuts English as it is told to, and no other language', () => {
    const english = {
      words: (text: string) => text.split(' '),
      sentences: (text: string) => text.split('. '),
    };
    const optionsOf = (languages: readonly string[]) =>
      Object.fromEntries(
        fineWebSteps({ english, language: { identifier, languages } }).map(({ name, options }) => [
          name,
          options,
        ]),
      );
    expect(optionsOf(['en'])).toMatchObject({
      'gopher-repetition': { language: 'own words (words)' },
      'gopher-quality': { language: 'own words (words)' },
      c4: { sentences: 'own words (sentences)' },
      fineweb: { language: 'own words (words)' },
    });
    const german = fineWebSteps({ english, language: { identifier, languages: ['en', 'de'] } });
    const page = new Page({ content: 'Ein graues Haus.' });
    page.add({ language: 'de' });
    for (const step of german.slice(-4)) if (step.applies?.(page) ?? true) step.run(page);
    expect(page.wordsIn('de')).toEqual(['Ein', 'graues', 'Haus', '.']);
  });

  it('says what its verdicts depend on', () => {
    const steps = fineWebSteps({
      preset: 'fineweb-v1',
      language: { identifier },
      gopherQuality: { preset: 'datatrove-0.10', minWords: 10 },
    });
    const options = Object.fromEntries(steps.map((step) => [step.name, step.options]));
    expect(options).toMatchObject({
      language: { identifier: 'always English', languages: ['en'], threshold: 0.65 },
      'gopher-repetition': { preset: 'fineweb-v1' },
      'gopher-quality': { preset: 'datatrove-0.10', minWords: 10 },
      fineweb: { preset: 'fineweb-v1' },
    });
  });

  it('asks about URL and HTML only where there are some', async () => {
    const runner = new StepRunner(fineWebSteps({ language: false }));
    const reasons: string[] = [];
    for (const page of [
      new Page({ content: 'Two words' }),
      new Page({ content: ' \n' }),
      new Page({ content: '<nav>Home</nav>', contentType: 'text/html', url: 'http://example.org/porn' }),
      new Page({ content: '<nav>Home</nav>', contentType: 'text/html', url: 'http://example.org/' }),
    ]) {
      const verdict = await runner.run(page);
      reasons.push(verdict.kind === 'drop' ? `${verdict.step}/${verdict.reason}` : 'kept');
    }
    expect(reasons).toEqual([
      'gopher-repetition/top_2_gram',
      'extraction/empty',
      'url/hard_blacklisted',
      'extraction/empty',
    ]);
    expect(runner.funnel.steps()).toMatchObject([
      { step: 'url', entered: 2, left: 1 },
      { step: 'repair', entered: 3, left: 3 },
      { step: 'extraction', entered: 2, left: 0 },
      { step: 'gopher-repetition', entered: 1, left: 0 },
    ]);
  });
});
