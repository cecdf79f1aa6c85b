/**
 * The classes of characters that spaCy's punctuation rules are written with, sources of regular expressions
 * with the flag `v`: its blocks of letters, and the symbols of Unicode 11.
 */

const latin =
  'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01bf\\u01c4-\\u02af\\u1d00-\\u1d25\\u1d6b-\\u1d77\\u1d79-\\u1d9a\\u1e00-\\u1eff' +
  '\\u2c60-\\u2c7b\\u2c7e\\u2c7f\\ua722-\\ua76f\\ua771-\\ua787\\ua78b-\\ua78e\\ua790-\\ua7b9\\ua7fa\\uab30-\\uab5a\\uab60-\\uab64' +
  '\\uff21-\\uff3a\\uff41-\\uff5a';
const otherLower =
  '\\u03ac-\\u03af\\u03b1-\\u03c9\\u03cc-\\u03ce\\u0430-\\u0451\\u0453-\\u045a\\u045c\\u045d\\u0491\\u0497\\u04a3\\u04af\\u04bb\\u04d9\\u04e9';
const otherUpper =
  '\\u0386\\u0388-\\u038a\\u038c\\u038e\\u038f\\u0391-\\u03a9\\u0400\\u0401\\u0403-\\u040a\\u040c\\u040d\\u0410-\\u042f\\u0490\\u0496\\u04a2' +
  '\\u04ae\\u04ba\\u04d8\\u04e8';
const uncased =
  '\\u0591-\\u05f4\\u0620-\\u064a\\u066e-\\u06d5\\u06e5-\\u06ff\\u0750-\\u077f\\u08a0-\\u08bd\\u0900-\\u09ff\\u0b80-\\u0cff\\u0d80-\\u0dff' +
  '\\u1100-\\u137f\\u2e80-\\u2fdf\\u2ff0-\\u30ff\\u31c0-\\u31ef\\u3200-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\ufb1d-\\ufbb1' +
  '\\ufbd3-\\ufd3d\\ufd50-\\ufdc7\\ufdf0-\\ufdfb\\ufe30-\\ufe4f\\ufe70-\\ufefc\\u{1ee00}-\\u{1eebb}\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{2a6df}' +
  '\\u{2a700}-\\u{2ebef}\\u{2f800}-\\u{2fa1f}';
/** Symbols that came after Unicode 11, and where more may come. */
const laterSymbols =
  '\\u166d\\u2427-\\u2429\\u2b96\\u2b97\\u2bc9\\u2bff\\u2e50\\u2e51\\u2ffc-\\u2fff\\u31e4-\\u31ef\\u32ff\\ufbc3-\\ufdcf\\ufdfe\\ufdff\\u{1019c}' +
  '\\u{10ed1}-\\u{10ed8}\\u{11fd5}-\\u{11ff1}\\u{1cc00}-\\u{1cfc3}\\u{1d1e9}\\u{1d1ea}\\u{1e14f}\\u{1ed2e}\\u{1f10d}-\\u{1f10f}\\u{1f16c}-\\u{1f16f}' +
  '\\u{1f1ad}\\u{1f6d5}-\\u{1f6df}\\u{1f6fa}-\\u{1f6fc}\\u{1f774}-\\u{1f77f}\\u{1f7d9}-\\u{1f7f0}\\u{1f8b0}-\\u{1f8c1}\\u{1f90c}-\\u{1f90f}\\u{1f93f}' +
  '\\u{1f971}\\u{1f972}\\u{1f977}-\\u{1f979}\\u{1f97b}\\u{1f9a3}-\\u{1f9af}\\u{1f9ba}-\\u{1f9bf}\\u{1f9c3}-\\u{1f9cf}\\u{1fa00}-\\u{1fa57}\\u{1fa70}-\\u{1fbfa}';

export const letter = `[${latin}${otherLower}${otherUpper}${uncased}]`;
/** Letters without case are both. */
export const lower = `[[[\\p{Ll}\\u0294\\u0295]&&[${latin}]]${otherLower}${uncased}]`;
export const upper = `[[\\p{Lu}&&[${latin}]]${otherUpper}${uncased}]`;
export const symbol = `[\\p{So}--[${laterSymbols}]]`;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A class of single characters. */
export const oneOf = (text: string): string =>
  `[${text.replace(/[\\()[\]{}|/&!#%,:;<=>@`~^$*+.?-]/g, '\\$&')}]`;

/** One of the words, which stand between blanks. */
export const anyOf = (words: string): string => `(?:${words.split(' ').map(escaped).join('|')})`;
