/** Hungarian words as spaCy 3.8 (MIT) cuts them: hyphens and numbers with their endings are whole. */
import { currencies, infix, plainUnits, prefixes, quote, quoteNotApostrophe, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { anyOf, letter, lower } from '../letters.js';

/** Sums, times, dates and amounts are whole, with their endings. */
function numbers(): RegExp {
  const number = '[+\\-]?\\p{Nd}+(?:[,.]\\p{Nd}+)*';
  const sum = `${number}(?:[=<>+\\-*\\/^\\(\\)÷%²]${number})*%?`;
  const time = '\\p{Nd}+(?::\\p{Nd}+)*(?:\\.\\p{Nd}+)?';
  const date = '(?:[A-Z0-9]+[.\\/\\-])*\\p{Nd}+\\.?';
  return new RegExp(`^(?:${sum}|${time}|${date}|${anyOf(currencies)})(?:-${lower}+)?$`, 'v');
}

export const hungarian = (): LanguageRules => ({
  prefixes: prefixes({ signs: '', currencies: '', symbols: '', last: [`[,.:](?=${letter})`] }),
  suffixes: suffixes({
    also: ['\\+', `(?<=[${lower}\\)])-e`],
    symbols: '',
    endings: '',
    currencies: '$ ¢ £ € ¥ ฿',
    units: plainUnits,
    beforeFullStop: `%²\\-+\\(\\)?:$¢£€¥฿${quote}${lower}`,
    initials: '',
  }),
  infixes: [
    infix.dots,
    infix.fullStopOfLetters,
    infix.marks,
    infix.equation,
    infix.twoHyphens,
    infix.comma,
    `(?<=${letter})[${quoteNotApostrophe}\\)\\]\\(\\[](?=[\\-${letter}])`,
  ],
  whole: numbers(),
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations('bek btk csc dr kb ker kft krt prof rt szolg tel', capitalized, (word) =>
    word.toUpperCase(),
  );
  table.abbreviations(
    `
    BE bp bt co corp cos cs ctv dipl dzs gmk gr gy ifj inc inform int jr kht kkt korm ltd max mlle mme mr mrs ms nat
    no ny nyrt pf pk pl plc pp proc ptk rer st sz szerk szjt szt ty ui vhr várm zrt zs á é ún
  `,
    capitalized,
  );
  table.abbreviations(`
    A AG AkH Aö B B.CS B.S B.Sc B.ú.é.k BSC BSc Bat Bfok Bk Bros Btke Btét C Cal Cg Cgf Cgt Cia Colo Comp Copr Csop
    Cstv Ctvr D Dsz E EK EU F Fla Folyt Fpk Főszerk G GK GM Gfv Group Gt H HKsz Hmvh I J Jv K K.m.f Kg Kong Kr Kr.e
    Kr.u L LB Llc M M.A M.S M.SC M.Sc MA MH MSC MSc Mass Mo Mt N N.N NB NBr Nr Nyh Nyr O OJ Op P P.H P.S PH.D PHD
    PhD R S S.B Salg Sch Spa SzRt Szfv Sztv Szvt Számv T Tyr U Ut V VB Vcs Vht W X X.Y Y Z a.C ac adj adm ag agit
    alez alk all altbgy an ang arch at atc aug b.a b.s b.sc belker berend biz bizt bo br bsc ca cc cca cf cif csüt
    cső dbj dd ddr de dec dikt dj dk dl dny dolg du ea ed eff egyh ell elv elvt em eng eny et etc ev ezr eü f.h f.é
    fam fb febr fej felv felügy ff ffi fhdgy fil fiz fm foglalk ford fp fr frsz fszla fszt ft fuv főig főisk főtörm
    főv gazd gimn gk gkv gondn grav gyak gyártm gör hads hallg hdm hdp hds hg hiv hk hm ho honv hp hr hrsz hsz ht
    htb hv hőm i.e i.sz id ie ig igh ill imp ind inic io ip ir irod isk ism izr iá jan jav jegyz jgmk jjv jkv jogh
    jogt jvb júl jún karb kat kath kcs kd kf kir kirend kisip kiv kk klin km kp kt ktsg kult kv kve képv kísérl kóth
    könyvt körz köv közj közl közp közt kü lat ld legs lg lgv loc lt ltp luth m.a m.s m.sc ma mat mb med megh met mf
    mfszt min miss mjr mjv mk mn mozg msc má máj márc mé mélt mü műh műsz műv művez nagyker nagys nb neg nk nov nu
    nyilv nyug obj okl okt old olv orsz ort ov ovh pg ph.d phd phil pjt plb pld plur pol polg poz prot pság pu pü
    r.k rac rad red ref reg rev rf rkp rkt rtg röv s.b s.k sa sb sel sgt sm stat stb strat stud szakm szaksz
    szakszerv szd szds szept szf szimf szkv szla szn szubj szöv szül tanm tb tbk tc techn tek tf tgk ti tip tisztv
    titks tk tkp tny tp tszf tszk tszkv tv tvr törv tü ua unit uo uv vas vb vegy vh vhol vill vizsg vk vkf vkny vm
    vol vs vsz vv vál vízv vö Áe Áht Épt Ész Új-Z ÚjZ ált ápr ásv ék ény érk évf í ó össz ötk özv ú ú.n úm út üag üd
    üdv üe ümk ütk üv őrgy őrpk őrv ű
  `);
  table.whole('-e Ph.D ph.d');
  for (const unit of 'cfkCFK') {
    table.add(`°${unit}`);
    table.add(`°${unit}`, '.');
  }
}
