/** Lithuanian words as spaCy 3.8 (MIT) cuts them: a full stop is always a word of its own. */
import { infix, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const lithuanian = (): LanguageRules => ({
  suffixes: suffixes({ also: ['\\.'] }),
  infixes: [
    infix.dots,
    infix.symbol,
    '(?<=[0-9])[+*\\^](?=[0-9\\-])',
    infix.fullStop,
    infix.comma,
    infix.hyphen,
    infix.relation,
  ],
  shared: (exception) => !exception.endsWith('.') && exception !== '8)',
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.whole('?! n-tosios');
}
