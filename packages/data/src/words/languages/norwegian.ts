/** Norwegian words as spaCy 3.8 (MIT) cuts them: hyphens and full stops of ordinals stay inside the words. */
import {
  apostrophe,
  dashes,
  infix,
  marks,
  prefixes,
  quoteNotApostrophe,
  suffixes,
  symbolNotDegree,
  without,
} from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, lower, oneOf } from '../letters.js';

export const norwegian = (): LanguageRules => ({
  prefixes: prefixes({ marks: without(marks, '#') }),
  suffixes: suffixes({
    also: [apostrophe],
    quotes: quoteNotApostrophe,
    symbols: symbolNotDegree,
    endings: dashes,
    beforeFullStop: `%²\\-+\\|${oneOf(marks)}${quoteNotApostrophe}${lower}`,
  }),
  infixes: [
    infix.dots,
    symbolNotDegree,
    infix.fullStopOfLetters,
    infix.marks,
    `(?<=${letter})[:<>=\\/](?=${letter})`,
    infix.comma,
    infix.bracket,
    infix.twoHyphens,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations('ca co dr f.eks grl kr pr st', capitalized);
  table.abbreviations(`
    Ap Aq Chr Fr.p Frp Kr.F Mr Mrs Pb Sp a.m ad adm.dir apr aug b.c bl.a bla bm bnr bto c.c cand.mag d.d d.m d.y
    dept des dr.med dr.philos dr.psychol dvs e.Kr e.l eg ekskl el et etc etg ev evt f.Kr f.o.m feb fhv fk foreg fork
    fv fvt gl gno gnr gt h.r.adv hhv hoh hr ifb ifm iht inkl istf jan jf jr jul jun juris kfr kgl kgl.res kl komm
    kst lat lø m.a.o m.fl m.m m.v ma mag.art mar md mfl mht mill min mnd moh mrd muh mv mva n.å ndf no nov nr nto
    nyno o.a o.l off ofl okt on op org osv ovf p.a p.g.a p.m p.t pga ph.d pkt pst pt red.anm ref res res.kap resp rv
    s.d s.k s.u s.å sen sep siviling sms snr spm sr sst st.meld st.prp stip stk stud sv såk sø t.h t.o.m t.v temp ti
    tils tilsv tlf to ult utg vedk vedr vg vgs vha vit.ass vn vol vs vsa årg årh
  `);
  table.whole('Kr.F.s andelsnr tl;dr §§ ©NTB');
}
