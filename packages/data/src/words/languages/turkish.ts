/** Turkish words as spaCy 3.8 (MIT) cuts them: numbers with their endings are whole. */
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, lower } from '../letters.js';

/** Dates, ordinals and Roman numbers are whole, with their endings; so is what begins as `Dr.'un`. */
function numbers(): RegExp {
  const date = '(?:(?:\\p{Nd}{1,2}[.\\/\\-]){2})?\\p{Nd}{4}|\\p{Nd}{1,2}[.\\/]\\p{Nd}{1,2}\\.?';
  const fraction = `[${letter}\\p{Nd}]+\\/\\p{Nd}+|\\p{Nd}+\\/${letter}`;
  const number = '\\p{Nd}+(?::\\p{Nd}+)*|\\p{Nd}+\\.|[+\\-]?\\p{Nd}+(?:[,.]\\p{Nd}+)*';
  const roman = 'M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})\\.?';
  return new RegExp(
    `^(?:${letter}+\\.'${lower}+|(?:${date}|${fraction}|${number}|${roman})(?:'${lower}+)?$)`,
    'v',
  );
}

export const turkish = (): LanguageRules => ({
  shared: () => false,
  whole: numbers(),
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(
    `
    apt bnb bul bçvş böl bşk bştbp cad dr ecz hst jeol ltd mah müh prof sn sok tbp tel tğm çvş şb şti
  `,
    capitalized,
  );
  table.abbreviations(`
    A.B.D Alb Ank Ar.Gör Arş.Gör As.İz Asb Astsb Av Doç Dz Dz.Kuv Dz.Kuv.K Fak Gn Gn.Kur Gnkur Hs.Uzm Hv Hv.Kuv
    Hv.Kuv.K Hz Hz.Öz Korg Kur Kur.Bşk Kuv M.S M.Ö Onb Ord Org Ped Sb T.C Tug Tuğg Tümg Uzm Y.Mim Y.Müh Yar Yar.Doç
    Yard Yard.Doç Yb Yd.Sb Yrd Yrd.Doç as.iz bk bknz dak dk doğ drl dzl ekon gr huk max min telg tic vb vs yy Üni
    Ütğm Üçvş çev İng İst
  `);
  table.whole('Bağ-kur Dz.K.K.lığı Hv.K.K.lığı');
}
