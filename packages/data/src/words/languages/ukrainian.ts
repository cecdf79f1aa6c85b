/** Ukrainian words as spaCy 3.8 (MIT) cuts them: letters may bear accents that mark the stress. */
import { behindAccents, infixes, stopBehindAccent, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const ukrainian = (): LanguageRules => ({
  suffixes: suffixes({ also: [stopBehindAccent] }),
  infixes: [...infixes(), ...behindAccents],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations('акад бул вул г доц м майд мкр наб обл оз п пл пров просп проф р-н ст ім');
  table.whole('в/м в/ч ж/м пр-кт р-н');
}
