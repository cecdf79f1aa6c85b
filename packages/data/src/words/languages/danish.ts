/** Danish words as spaCy 3.8 (MIT) cuts them: hyphens stay inside the words. */
import { apostrophe, dashes, infix, quoteNotApostrophe, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const danish = (): LanguageRules => ({
  suffixes: suffixes({ also: [apostrophe], quotes: quoteNotApostrophe, endings: dashes }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.fullStopOfLetters,
    infix.marks,
    infix.equation,
    infix.comma,
    infix.bracket,
    infix.twoHyphens,
    infix.relation,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(
    `
    aarh ac adj adr adsk adv afb afd afg afk afs aht alg alk alm amer ang ank anl anv apr arb arr att aug bd bdt beg
    begr beh bet bev bhk bib bibl bidr bildl bill biol bl bl.a borgm br brolægn bto bygn ca cand cm d.d d.m d.s
    d.s.s d.v.s d.y d.å d.æ dagl dat dav dec def dek dep desl dir disp distr div dkr dl do dobb dr dr.phil ds dvs
    e.b e.l e.o e.v.t eftf eftm egl eks eksam ekskl eksp ekspl el.lign emer endv eng enk etc etym eur evt exam f.eks
    f.m f.n f.o f.o.m f.s.v f.t f.v.t f.å fa fakt fam feb febr ff fg fhv fig filol filos fl flg fm fmd fol forb
    foreg foren forf fork forr fors forsk forts fr fr.u fre frk fsva fuldm fung fx fys fær g.d g.m gd gdr genuds gl
    gn gns gr grdl gross h.a h.c hdl henv hhv hj.hj hj.spl hort hosp hpl hr hrs hum hvp i.e id if iflg ifm ift iht
    ill indb indreg inf ing inh inj inkl insp instr isl istf it ital iv j.nr jan jap jf jfr jnr jr jun jur jvf kap
    kbh kem kg kgl kgs kl kld km km/t knsp komm kons korr kp kr kst kt ktr kv kvm kvt l.c lab lat lb.m lb.nr lejl
    lgd lic lign lin ling.merc litt loc.cit lok lrs ltr lør m.a.o m.fl m.h.p m.h.t m.m m.v m.v.h maks man mar md mdr
    mdtl mezz mfl mht mill mio modt mrk mul mv n.br n.f nb nedenst nl nov nr nto nuv o.a o.fl o.h o.l o.lign o.m.a
    o.s.fr o/m obl obs odont oecon off ofl okt omg omkr omr omtr ons opg opl opr org orig osv ovenst overs ovf p.a
    p.c p.m p.m.v p.n p.p p.p.s p.s p.t p.v.a p.v.c pag pass pcs pct pd pens pft pg pga pgl pinx pk pkt polit polyt
    pos pp ppm pr prc priv prod prof pron præd præf præt psych pt pæd q.e.d rad red ref reg regn rel rep repr resp
    rest rm rtg russ s.br s.d s.f s.m.b.a s.u s.å sa sb sc scient scil sek sekr self sem sep sept shj sign sing sj
    skr slutn sml smp snr soc soc.dem sp spec spm spr spsk st statsaut stk str stud subj subst suff sup suppl sv såk
    sædv t.h t.o t.o.m t.v tbl td tdl tdr techn tekn temp th theol tidl tilf tilh till tilsv tirs tjg tkr tlf tlgr
    tr trp tsk tv ty udb udbet ugtl undt v.f vb vedk vedl vedr vejl vh vha vind vs vsa vær zool årg årh ø.lgd øvr
  `,
    capitalized,
  );
  table.whole(
    `
    c/o dr.h.c gi' ha' ik' ka' km/t ku' o/m p.b.a p.b.v s'gu sgu' t/r u/b
  `,
    capitalized,
  );
  table.abbreviations(`
    A.D B.C B.T BK Bk Boul Chr Dronn H.K.H H.M Hf Inc Kprs L.A Ll Mag Mr Ndr Ph.d Prs Rcp Sdr Skt Spl Vg bk diam ib
    m/sek mia mik pers tor tors
  `);
  table.whole(`
    A/B A/S I/S M/S TCP/IP Tcp/ip a/s i/s li' m/k m/s og/eller sku' tcp/ip
  `);
  table.parts('i|.');
  for (let day = 1; day <= 31; day++) table.add(`${day}.`);
}
