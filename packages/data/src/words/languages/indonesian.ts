/** Indonesian words as spaCy 3.8 (MIT) cuts them: doubled words are whole. */
import { currencies, infixes, marks, prefixes, suffixes, without } from '../affixes.js';
import { capitalized, type ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { anyOf, letter } from '../letters.js';

const moreUnits =
  's bit Gbps Mbps mbps Kbps kbps ƒ ppi px Hz kHz MHz GHz mAh ratus rb ribu ribuan juta jt jutaan million bilyun billion'.replaceAll(
    ' ',
    '|',
  );
/** `anak-anak`, `berjalan-jalan`, `obat-obatan`; spaCy lists 3,700 of them, a rule says which are alike. */
const doubled =
  /^(?!\p{L}{5,}an-)(?:ber?|ter?|me(?:ng|n|m)?|se|ke)?(\p{L}{2,})-\1(?:an|kan|i)?$|^se(\p{L}{2,})-\2nya$/iu;

export const indonesian = (): LanguageRules => ({
  prefixes: prefixes({
    marks: without(marks, '#'),
    last: ['USD|Rp|IDR|RMB|SGD|S\\$', '<(?:b|strong|i|em|p|span|div|br)\\s?\\/>|<a[^>]+>', '\\/'],
  }),
  suffixes: suffixes({
    also: [
      '-[Nn]ya|-[KkMm]u|[—\\-]',
      `(?<=[0-9])(?:${moreUnits}|mill?iar|bill?iun)`,
      `(?<=[0-9${letter}])<\\/(?:b|strong|i|em|p|span|div|a)>`,
    ],
  }),
  infixes: [
    ...infixes(),
    '(?<=[0-9])[\\\\\\/](?=[0-9%\\-])',
    `(?<=[0-9])%(?=[${letter}0-9\\/])`,
    '(?<=[0-9\\)][.,])"(?=[0-9])',
    `(?<=[${letter}\\)][.,'])["—](?=${letter})`,
    `(?<=${letter})-(?=[0-9])|(?<=[0-9])-(?=${letter})`,
    `(?<=${letter})[\\/\\-](?=${anyOf(currencies)}|USD|Rp|IDR|RMB|SGD|S\\$|${letter})`,
  ],
  whole: doubled,
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.whole('Mahasiswa/I Muda/I Putra/I Siswa/I mahasiswa/i muda/i putra/i siswa/i', capitalized, (word) =>
    word.toUpperCase(),
  );
  table.abbreviations('dr', capitalized);
  table.whole(
    `
    asal-usul bolak-balik buka-tutup check-in desas-desus e-commerce e-ktp e-money e-toll follow-up gerak-gerik
    gotong-royong hip-hop hiruk-pikuk huru-hara jum'at lalu-lalang mondar-mandir mu'jizat pontang-panting
    sayur-mayur serba-serbi serta-merta siswa-siswi suami-istri teka-teki top-up warna-warni
  `,
    capitalized,
  );
  table.abbreviations(`
    A.AB A.Ma A.Md A.Md.Keb A.Md.Kep A.P Ags Agu Apr B.A B.Ch.E B.Sc Des Dr.␣iur Dr.␣phil Dr.␣rer.␣nat Dr.␣rer.␣pol
    Dra Drs Feb Hj Jan Jul Jun KH Ka Kp M.A M.Ag M.Eng M.Eng.Sc M.Hum M.I.Kom M.Kom M.M M.P M.Pd M.Pharm M.Psi
    M.Psi.T M.Sc M.Si M.Sn M.T M.Th Mar No Nov Okt Pdt Pjs Plt Prof Ps R R.A R.Ay R.B R.M R.Ng R.Ngt R.P Rm Rr S.Ag
    S.E S.E.I S.Gz S.H S.H.H S.Hut S.I.Kom S.IK S.In S.K.M S.Kedg S.Kedh S.Kom S.P S.Pd S.Pd.I S.Pol S.Psi S.S
    S.SArl S.SI S.ST S.Si S.Si.Teol S.Sos S.Sy S.T S.T.P S.Tekp S.Th S.Th.IS.TI Sep St Ust a.l a.n a.s b.d d.a d.l
    dkk dll drg drh ds dsb dst faks fax hlm n.b p.p.pjs s.d tel u.p
  `);
  table.whole(`
    Dr.␣med Dr.␣rer.␣oec Dr.-Ing Lc M.A.R.S M.AB M.AP M.Arl M.B.A M.Kes, M.SArl S.A.R.S S.AB S.AP S.Adm S.Agr S.Ant
    S.Arl S.Ars S.Ds S.Farm S.H.Int S.Han S.Hum S.I.P S.IP S.KG S.KH S.KPM S.Keb S.Ked S.Kel S.Kep S.Mat S.Mb S.Par
    S.Pd.SD S.Psi S.Pt S.Ptk S.ST.Han S.STP S.Sn S.T.Han S.TrK d/h do'a i/o la'nat ma'af ni'mat raka'at ta'at
  `);
}
