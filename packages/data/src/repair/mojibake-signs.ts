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

const mojibake = new RegExp(
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

/** What every sign holds: two characters above ASCII in a row, or one of these. */
const possible = /[^\0-\x7f]{2}|[\x80-\x9fŒœÃÂ]/;

/** A quick look, which no mojibake escapes. */
export function mayBeMojibake(text: string): boolean {
  return possible.test(text);
}

export function looksLikeMojibake(text: string): boolean {
  return mayBeMojibake(text) && mojibake.test(text);
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
