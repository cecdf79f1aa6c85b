import { describe, expect, it } from 'vitest';
import { fineWeb2Thresholds } from '../filters/fineweb2-thresholds.js';
import type { LanguageIdentifier } from '../language/language-filter.js';
import { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { fineWebSteps } from './fineweb-steps.js';
import { fineWeb2Steps } from './fineweb2-steps.js';
import { StepRunner } from './step-runner.js';

const german =
  `Am Rand der kleinen Stadt liegt ein alter Garten, den die Kinder der Schule seit vielen Jahren pflegen. Im
Frühling werden die Beete umgegraben und mit Kräutern bepflanzt, die später in der Küche gebraucht werden. Ein
Gärtner zeigt ihnen, wie man die Bäume schneidet und wann die Äpfel reif sind. An den Abenden sitzen die Eltern
unter dem großen Nussbaum und erzählen von den Sommern, in denen das Wasser des Baches noch bis zur Mauer reichte.
Im Winter ruht alles, und nur der Rauch aus dem Haus des Wächters steigt in den grauen Himmel.`.replaceAll(
    '\n',
    ' ',
  );
const czech =
  `Na okraji malého města je stará zahrada, o kterou se už mnoho let starají děti ze školy. Na jaře se záhony
přeryjí a osadí bylinami, které se pak v kuchyni používají. Zahradník jim ukazuje, jak se stříhají stromy a kdy
jsou jablka zralá. Večer sedí rodiče pod velkým ořechem a vyprávějí o létech, kdy voda v potoce sahala až ke zdi.
V zimě vše odpočívá a jen kouř z domku hlídače stoupá k šedému nebi, zatímco se na střechách tiše hromadí sníh.`.replaceAll(
    '\n',
    ' ',
  );

const says = (language: string, score = 0.99): LanguageIdentifier => ({
  name: `always ${language}`,
  identify: () => ({ language, score }),
});
async function decide(steps: PageStep[], content: string): Promise<string> {
  const verdict = await new StepRunner(steps).run(new Page({ content }));
  return verdict.kind === 'drop' ? `${verdict.step}/${verdict.reason}` : 'kept';
}

describe('fineWeb2Steps', () => {
  it('judges each page by its language', async () => {
    for (const [language, text] of [
      ['de', german],
      ['deu_Latn', german],
      ['cs', czech],
    ] as const) {
      expect(await decide(fineWeb2Steps({ identifier: says(language) }), text)).toBe('kept');
    }
    // German without its small words, and German taken for Czech.
    const bare = german.replaceAll(/(?<!\p{L})\p{L}{1,3}(?!\p{L})/gu, 'xyz');
    const steps = fineWeb2Steps({ identifier: says('de') });
    expect(await decide(steps, bare)).toBe('gopher-quality/gopher_enough_stop_words');
    expect(await decide(fineWeb2Steps({ identifier: says('cs') }), german)).toBe(
      'gopher-quality/gopher_enough_stop_words',
    );
  });

  it("asks for GlotLID's score where the label is GlotLID's", async () => {
    expect(await decide(fineWeb2Steps({ identifier: says('deu_Latn', 0.8) }), german)).toBe(
      'language/low-score',
    );
    expect(await decide(fineWeb2Steps({ identifier: says('de', 0.8) }), german)).toBe('kept');
    const asked = fineWeb2Steps({ identifier: says('deu_Latn', 0.8), minLanguageScore: 0.5 });
    expect(await decide(asked, german)).toBe('kept');
  });

  it('takes thresholds of further languages, and says which are missing', async () => {
    expect(() => fineWeb2Steps({ identifier: says('xx'), languages: ['xxx_Latn'] })).toThrow(
      expect.objectContaining({ code: 'data/thresholds-missing' }),
    );
    const config = {
      dup_line_frac: 0.263,
      dup_n_grams: [[5, 0.141]],
      top_n_grams: [[2, 0.169]],
      language_score: 0.4,
      line_punct_thr: 0,
      max_avg_word_length: 15,
      min_avg_word_length: 0,
      max_non_alpha_words_ratio: 0.774,
      new_line_ratio: 0.152,
      stopwords: ['der', 'und'],
    };
    const thresholds = { gsw_Latn: fineWeb2Thresholds(config) };
    const steps = fineWeb2Steps({ identifier: says('gsw_Latn', 0.5), languages: ['gsw_Latn'], thresholds });
    expect(await decide(steps, german)).toBe('kept');
    for (const field of Object.keys(config))
      expect(() => fineWeb2Thresholds({ ...config, [field]: 'x' }), field).toThrow(
        expect.objectContaining({ code: 'data/thresholds-invalid' }),
      );
  });
});

describe('fineWebSteps for other languages', () => {
  it('keeps good pages of the languages that are selected', async () => {
    const language = { identifier: says('de'), languages: ['de', 'en'] };
    expect(await decide(fineWebSteps({ language }), german)).toBe('kept');
    expect(await decide(fineWebSteps({ language: { identifier: says('cs'), languages: [] } }), czech)).toBe(
      'kept',
    );
    // datatrove judges German by the rules of English.
    expect(await decide(fineWebSteps({ language, preset: 'datatrove-0.10' }), german)).toBe(
      'gopher-quality/gopher_enough_stop_words',
    );
  });

  it("cuts a language's words as the caller says, and refuses words that no page has", async () => {
    // Every letter a word: none is long enough.
    const words = { deu_Latn: (text: string) => [...text] };
    const steps = fineWeb2Steps({ identifier: says('deu_Latn'), languages: ['deu_Latn'], words });
    expect(await decide(steps, german)).not.toBe('kept');
    expect(await decide(fineWeb2Steps({ identifier: says('de'), words }), german)).toBe('kept');
    expect(steps.at(-2)!.options).toMatchObject({ words: { deu_Latn: 'own words (deu_Latn)' } });
    expect(() => fineWeb2Steps({ identifier: says('de'), languages: ['de'], words })).toThrow(
      expect.objectContaining({ code: 'data/words-unused' }),
    );
  });

  it('cuts no Korean at blanks: its thresholds count morphemes', () => {
    const identifier = says('ko');
    const languagesOf = (words?: Record<string, (text: string) => string[]>): unknown =>
      (fineWeb2Steps({ identifier, words })[3]!.options as { languages: unknown }).languages;
    expect(() => fineWeb2Steps({ identifier, languages: ['kor_Hang'] })).toThrow(
      expect.objectContaining({ code: 'data/words-missing' }),
    );
    expect(languagesOf()).not.toContain('ko');
    expect(languagesOf({ ko: (text) => [...text] })).toContain('ko');
  });
});
