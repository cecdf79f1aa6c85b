/**
 * Sequences of characters that hardly anybody writes and that UTF-8 turns into when it is read in another
 * encoding (`Ã©`, `â€™`): the heuristic of ftfy 6.3 (Robyn Speer, Apache-2.0), class by class.
 */

const common = '\\xa0\\xad´·–-―’…';
const control = '\\x80-\\x9f';
/** Hardly ever meant. */
const bad = '¤¦¨ª¬¯¸ºƒ\\u02c6\\u02c7\\u02d8\\u02db\\u02dc†‡‰⌐◊\\ufffd';
const law = '§¶';
const currency = '¢£¥₧€';
const opening = '¡©«¿΄΅‘‚“„•‹\\uf8ff';
const closing = '®»\\u02dd”›™';
const numeric = '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥';
/** Of faces made of characters. */
const faces = '°Ò-ÖÙ-Üò-öø-üŌŐŪŲ';
const upperAccented = 'À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lowerAccented = 'ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ';
const upperCommon = 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я';
const lowerCommon = 'ά-ωа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓';
const accented = `${lowerAccented}${upperAccented}`;
const signs = `${accented}${box}${opening}${closing}${currency}${numeric}${law}`;
const arabic = `[ØÙ][${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»]`;
const doubled = `${control}${bad}${opening}${closing}${currency}°`;
const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

/** Without the quick look. */
export const mojibake = new RegExp(
  [
    `[${control}]`,
    `[${bad}${signs}][${bad}]`,
    `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
    `[${bad}][${signs}]`,
    `[${lowerAccented}${lowerCommon}${box}${closing}${currency}${numeric}][${upperAccented}]`,
    `[${box}${closing}${currency}${numeric}][${lowerAccented}]`,
    `[${lowerAccented}${box}${closing}][${currency}]`,
    `${space}[${upperAccented}][${currency}]`,
    `[${upperAccented}${box}][${numeric}${law}]`,
    `[${accented}${box}${currency}${closing}][${opening}][${numeric}]`,
    `[${accented}${currency}${numeric}${box}${law}][${closing}][${opening}]`,
    `[${currency}${numeric}${box}][${opening}]`,
    `[a-z][${upperAccented}][${opening}${currency}]`,
    `[${box}][${faces}]`,
    `[${accented}${currency}${numeric}${opening}${closing}${law}][${box}]`,
    `[${box}][${closing}]`,
    `[${accented}][${opening}${closing}][\\p{L}\\p{N}_]`,
    '[Œœ][^A-Za-z]',
    `[${upperAccented}]°`,
    // Latin and Arabic letters and marks, read as windows-1252.
    `[ÂÃÎÐ][€œŠš¢£Ÿž\\xa0\\xad®©°·»${opening}${closing}–—´]`,
    '×[²³]',
    `${arabic}${arabic}`,
    'à[²µ¹¼½¾]',
    // Read as Mac OS Roman.
    '√[±∂†≠®™´≤≥¥µø]',
    '≈[°¢]',
    '‚Ä[ìîïòôúùû†°¢π]',
    '‚[âó][àä°ê]',
    // As windows-1251.
    'вЂ',
    `[ВГРС][${doubled}µ][ВГРС]`,
    'ГўВЂВ[^\\n][A-Za-z ]',
    // As windows-1252 once more.
    'Ã[\\xa0¡]',
    `[a-z]${space}?[ÃÂ] `,
    '^[ÃÂ] ',
    `[a-z.,?!${closing}]Â[ ${opening}${closing}]`,
    // As windows-1253 and windows-1257.
    'β€[™\\xa0Ά\\xad®°]',
    `[ΒΓΞΟ][${doubled}][ΒΓΞΟ]`,
    'ā€',
  ].join('|'),
  'u',
);

/** Of every sign above one character, or two that stand beside each other in it. */
const singles = `${control}ŒœÃÂ`;
const pairs: readonly (readonly [string, string])[] = [
  [`${bad}${signs}${lowerCommon}${upperCommon}`, bad],
  [bad, signs],
  [`${lowerAccented}${lowerCommon}${box}${closing}${currency}${numeric}`, upperAccented],
  [`${box}${closing}${currency}${numeric}`, lowerAccented],
  [`${lowerAccented}${upperAccented}${box}${closing}`, currency],
  [`${upperAccented}${box}`, `${numeric}${law}°`],
  [opening, numeric],
  [closing, opening],
  [`${currency}${numeric}${box}${upperAccented}`, opening],
  [box, `${faces}${closing}`],
  [`${accented}${currency}${numeric}${opening}${closing}${law}`, box],
  [accented, `${opening}${closing}`],
  ['ÎÐ', `€œŠš¢£Ÿž\\xa0\\xad®©°·»${opening}${closing}–—´`],
  ['×', '²³'],
  ['ØÙ', `${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»`],
  ['à', '²µ¹¼½¾'],
  ['√', '±∂†≠®™´≤≥¥µø'],
  ['≈', '°¢'],
  ['‚', 'Äâó'],
  ['в', 'Ђ'],
  ['ВГРСΒΓΞΟ', `${doubled}µ`],
  ['Г', 'ў'],
  ['β', '€'],
  ['ā', '€'],
];

/**
 * Kinds of UTF-16 units: those that are in no sign, those that nobody sees, halves of a pair; then others.
 */
const [plain, unseen, firstHalf, secondHalf, ofSigns] = [0, 1, 2, 3, 4];
const unseenUnits =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/;

const notPlain = /[^\t\n\f\r -~]/g;

interface Kinds {
  /** Of each UTF-16 unit. */
  readonly of: Uint8Array;
  /** 1: two units of these kinds may be in a sign; `width` a row. */
  readonly beside: Uint8Array;
  readonly width: number;
}

let known: Kinds | undefined;

function kindsOfUnits(): Kinds {
  if (known !== undefined) return known;
  const of = new Uint8Array(65_536);
  const single = new RegExp(`[${singles}]`);
  const sets = pairs.map((pair) => pair.map((set) => new RegExp(`[${set}]`)));
  const inSome = new RegExp(`[${singles}${pairs.flat().join('')}]`);
  /** By the sets that a unit is in. */
  const alike = new Map<string, number>();
  const members: boolean[][][] = [];
  const singleKinds = new Set<number>();
  for (let unit = 0; unit < of.length; unit++) {
    const text = String.fromCharCode(unit);
    if (unseenUnits.test(text)) of[unit] = unseen;
    else if (unit >= 0xd800 && unit < 0xe000) of[unit] = unit < 0xdc00 ? firstHalf : secondHalf;
    else if (inSome.test(text)) {
      const member = sets.map((pair) => pair.map((set) => set.test(text)));
      const key = `${single.test(text)} ${member.flat().map(Number).join('')}`;
      let kind = alike.get(key);
      if (kind === undefined) {
        kind = ofSigns + members.push(member) - 1;
        alike.set(key, kind);
        if (single.test(text)) singleKinds.add(kind);
      }
      of[unit] = kind;
    }
  }
  const width = ofSigns + members.length;
  const beside = new Uint8Array(width * width);
  for (let first = 0; first < width; first++)
    for (let second = ofSigns; second < width; second++) {
      const [one, other] = [members[first - ofSigns], members[second - ofSigns]!];
      const isPair = one?.some((member, at) => member[0] === true && other[at]![1] === true) === true;
      if (singleKinds.has(second) || isPair) beside[first * width + second] = 1;
    }
  known = { of, beside, width };
  return known;
}

/**
 * A quick look: bit 1 where there may be mojibake, which none escapes, bit 2 where there are characters that
 * nobody sees, controls or halves of a pair.
 */
export function signsIn(text: string): number {
  const { of, beside, width } = kindsOfUnits();
  let found = 0;
  let previous = plain;
  let passed = 0;
  for (let at = 0; at < text.length; at++) {
    const kind = of[text.charCodeAt(at)]!;
    if ((kind | previous) === plain) {
      // Most characters are of ASCII, and an expression finds the next other one faster.
      if (++passed < 24) continue;
      passed = 0;
      notPlain.lastIndex = at + 1;
      if (!notPlain.test(text)) return found;
      at = notPlain.lastIndex - 2;
      continue;
    }
    passed = 0;
    if (kind === unseen) found |= 2;
    else if ((previous === firstHalf) !== (kind === secondHalf)) found |= 2;
    else if (beside[previous * width + kind] === 1) found |= 1;
    if (found === 3) return found;
    previous = kind;
  }
  return previous === firstHalf ? found | 2 : found;
}

export function looksLikeMojibake(text: string): boolean {
  return (signsIn(text) & 1) !== 0 && mojibake.test(text);
}

const continuationStrict =
  '\\x80-¿ÆØæøĄąĽľŁłŒœŖŗŚśŞ-šŤťŸ-žƒ\\u02c6\\u02c7\\u02d8\\u02db-\\u02dd΄-ΆΈ-ΊΌΎΏЁ-ЌЎЏё-ќўџҐґ†‡‰‹›€№™';
const continuation = `[${continuationStrict} –-―‘-‚“-„•…]`;
const firstOfTwo = '[Â-ßĀĂĆČĎĐĒĖĘĚĞĢĪİĶĹĻŁŃŅŇŌŐŘŚŞŠŢŪŮŰŲŹŻŽΒ-ΡΣ-ίВ-Я]';
const firstOfThree = '[à-ïāăąćčďēėęěģīįķĺļŕźΰ-οа-п]';
const firstOfFour = '[ðóđğšπσру]';

/** What UTF-8 would look like in any of the encodings: runs of first and following bytes. */
export const likeUtf8 = new RegExp(
  `(?<![${continuationStrict}])(?:${firstOfTwo}${continuation}|${firstOfThree}${continuation}{2}|${firstOfFour}${continuation}{3})+`,
  'gu',
);
