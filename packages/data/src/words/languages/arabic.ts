/** Arabic words as spaCy 3.8 (MIT) cuts them: no symbols and no full stop behind letters. */
import { suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const arabic = (): LanguageRules => ({
  suffixes: suffixes({ symbols: '', endings: '', degrees: '', beforeFullStop: '' }),
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations('أ ب ت د');
  table.whole('.ت .م .هـ أ.د أنا أيضـ إلخ الشـ الظـ اهـ ب.␣م ثنا ثنى ص.ب صلعم ق.م م.␣س م.␣ن نا');
}
