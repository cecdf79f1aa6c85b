/** Slovenian words as spaCy 3.8 (MIT) cuts them: case endings behind a hyphen belong to the word. */
import { beforeFullStop, hyphen, infix, prefixes, quoteNotApostrophe, suffixes } from '../affixes.js';
import { capitalized, type ExceptionTable, list } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';
import { letter, lower, upper } from '../letters.js';

/** Behind a hyphen these belong to the word: `BTC-jev`. */
const endings = `
  a evemu evskega i jevega jevska jevskimi jinemu oma ovim ovski e evi evskem ih jevem jevske jevsko jini ov
  ovima ovskih em evih evskemu ja jevemu jevskega ji jinih ova ovimi ovskim ema evim evski je jevi jevskem
  jih jinim ove ovo ovskima ev evima evskih jem jevih jevskemu jin jinima ovega ovska ovskimi eva evimi
  evskim jema jevim jevski jina jinimi ovem ovske ovsko eve evo evskima jev jevima jevskih jine jino ovemu
  ovskega u evega evska evskimi jeva jevimi jevskim jinega ju ovi ovskem evem evske evsko jeve jevo jevskima
  jinem om ovih ovskemu ovec ovca ovcu ovcem ovcev ovcema ovcih ovci ovce ovcimi evec evca evcu evcem evcev
  evcema evcih evci evce evcimi jevec jevca jevcu jevcem jevcev jevcema jevcih jevci jevce jevcimi ovka ovke
  ovki ovko ovk ovkama ovkah ovkam ovkami evka evke evki evko evk evkama evkah evkam evkami jevka jevke
  jevki jevko jevk jevkama jevkah jevkam jevkami timi im ima imi o ega ti tih emu tim tima ta te to tega tem
  temu
`;
const special = '[+\\/•¯=×\\-–—~]';

export const slovenian = (): LanguageRules => ({
  prefixes: prefixes({ first: [special] }),
  suffixes: suffixes({ also: [special, '--|——', '(?<=[A-Z]\\.)[A-Z].'], endings: '', beforeFullStop }),
  infixes: [
    infix.dots,
    infix.symbol,
    infix.arithmetic,
    `(?<=[${lower}${quoteNotApostrophe}])\\.(?=[${upper}${quoteNotApostrophe}])`,
    infix.comma,
    `(?<=[${letter}0-9])${hyphen}(?!(?:${list(endings).join('|')})$)(?=${letter})`,
    infix.relation,
  ],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(
    'ch co ev inc jr kr mag mt murr npr opr osn prim roj sim sp sred sv tel zb škofl',
    capitalized,
  );
  table.abbreviations(`
    DIPL DR Dr M MR Mr OZ ST St UR aa ab abc abit abl abs abt acc accel add adj adm adv aer aet afr agr akad al
    alban all alleg alp alt alter alžir am amer an anat andr ang angl anh anon ans ant antr antrop apoc app approx
    apr apt ar arab arc arch arh arheol arhit arr as asist assist assoc asst astr attn aug avg avstr avstral avt az
    bab bal bbl bd belg bibl bioinf biokem biol biomed bk bl bn bolg borg bot bp br braz brit bros broš bt bu ca cal
    can cand cantab cap capt cat cath cc cca cd cdr cdre cent cerkv cert cf cfr chap chem chr chs cic circ cit civ
    cl cm cmd cnr cod col coll colo com comp con conc cond conn cons cont coop corr cost cp cpl cr crd cres cresc ct
    cu daj dan dat davč ddr dec ded def del dem dent dept dia dip dipl dir disp diss div do doc dok dol doo dop dott
    dr dram druž družb drž dt duh dur dvr dwt ea ecc eccl eccles econ ed edn egipt egr ekon eksp el em enc eng eo ep
    err esp esq est et etc etn etnogr etnol evfem evr ex exc excl exp expl ext exx fa facs fak faks farm fas fasc
    fco fcp feb febr fec fed fem ff fff fid fig fil filat film filoz fin fiz fiziol fiziot flam fm fo fol folk fot
    fr frag fran franc friz fsc ga gal gastr gdč ge gen geod geog geogr geol geom geotehnol germ gg gimn gl glag
    glas glasb glav gled gnr go gor gosp gost gozd gp gr grad graf gram gren grš gs hab hebr hf hist ho hort hrv ia
    ib ibid id ide idr idridr igr ill im imen imp impf impr in incl ind indus inf inform ing init ins int inv inšp
    inštr inž ipd iron is islam ist it ital itd itn iur iz izbr izd izg izgr izr izv jak jam jan jap jav je jez jsl
    jud jug jugoslovan jul jun jur juž jv jz kal kan kand kat kdo kem kip kit kmet knj knjiž kol kom komp konf kont
    kor kost kov kp kpfw kraj krat kub kult kv kval la lab lat lb ld les let lib lik lingv lit litt lj ljubk ljud ll
    loc log lov loč lt ma madž mak manag manjš mar masc mass mat mater max maxmax mb md mdr mech med medic medij
    medn meh mehč mem menedž mes mess mest metal meteor meteorol mex mi mikr mil min minn mio misc miss mit mitol mk
    mkt ml mlad mlle mlr mm mme mn množ mo moj mont moš možn mr mrd mrs ms msc msgr mus mut muz na nad nadalj nadom
    nagl nakl nam namer nan naniz nar nasl nat nav navt nač ned nedol nedov nem neprav nepreh neskl nestrok nik
    nizoz nm nn no nom norv notr nov novogr ns num ob obd obj obl oblač oblik obr obraz obrt obs obst obt obč oc oct
    od odd odg odn odst odv oec off ok okla okr okt ont oo op opis opp or orch ord ore oreg org orient orig ork ort
    os oseb ot otr oz ozir ošk pag pal papir par para parc parl part past pat pdk ped pen perf pert perz pesn pet
    pev pf pfc ph pharm phil pis pisar pl po pod podaljš podr pog pogl pogoj pojm pok pokr pol polit polj poljed
    poljub poljud polu pom pomen pon ponov pop por port pos posl posn pov pp ppl pr praet prav pravopis pravosl preb
    pred predl predm predp preds pref preg pregib preh prel prem premen pren prep pres pret prev pribl prid prih
    pril primerj primor prip pripor prir prisl prist priv proc prof prog proiz prom pron prop prot protest prov ps
    psih psiht pss pt publ pz qld qu quad que racc rad rastl razgl razl razv rač rd red ref reg rel relig rep repr
    rer resp rest ret rev revol rež rib rim rist rkp rm rod rom romun rp rr rt rud rus ruš ry sal sam samogl san sc
    scen sci scr sdv sed seg sek sen sep sept ser sev sg sgt sh sig sigg sign sin sing sinh skand skl sklad sklanj
    sklep skr sl slabš slik slov slovak slovan slovaš slovn sn so sob soc sociol sod sopomen sopr sor sov sovj spec
    spl spr spreg sq sr srb sre sredoz srh ss ssp st sta stan stanstar star stcsl ste stil stim stol stom str stroj
    strok stsl stud sup supl suppl svet sz tab tech ted teh tehn tehnol tek teks tekst temp ten teol ter term test
    th theol tim tip tisk tisočl tit tj tl tol tolmač tom tor tov tož tr trad traj trans tren trg trib tril trop trp
    trž ts tt tu tur turiz tvor tvorb tč ukr ul um umet un univ up upr ur urad us ust utr va val var varn vel ven
    ver verb vest vet vez vezal vic vis viv viz viš vn vod voj vok vol vpr vrst vrstil vrtn vs vulg vv vzd vzg vzh
    vznes vzor wed wg wk zah zaim zak zal zap zasl zastar zavar zač združ zg zgod zn znan znanstv zool zoot zun zv
    zvd á é ć č čas čeb čet češ čl člen člov čustv đ ľ ł ş ŠT š šah šalj šir škot šol šp špan šport št štev števil
    štud šved švic ů ű ž žarg žel žen živ žival
  `);
  table.parts(`
    t.|i. t.|j. T.|j. d.|o.|o. D.|O.|O. d.|n.|o. D.|N.|O. d.|d. D.|D. s.|p. S.|P. l.|r. le|-|te Le|-|te le|-|ti
    Le|-|ti le|-|to Le|-|to le|-|ta Le|-|ta le|-|tega Le|-|tega
  `);
}
