/** What is whole though it looks like several words. After Diego Perini and Mathias Bynens (MIT). */
import { lower } from './letters.js';

const scheme = '(?:(?:[\\p{L}\\p{N}_+\\-.]{2,}):\\/\\/)?';
const user = '(?:.+(?::.*)?@)?';
const host =
  '(?:(?!(?:10|127)(?:\\.\\d{1,3}){3})(?!(?:169\\.254|192\\.168)(?:\\.\\d{1,3}){2})' +
  '(?!172\\.(?:1[6-9]|2\\d|3[0-1])(?:\\.\\d{1,3}){2})' +
  '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}' +
  '(?:\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4]))|' +
  '(?:(?:[A-Za-z0-9\\u00a1-\\uffff][A-Za-z0-9\\u00a1-\\uffff_\\-]{0,62})?[A-Za-z0-9\\u00a1-\\uffff]\\.)+' +
  `(?:${lower}{2,63}))(?::\\d{2,5})?(?:[\\/?#].*)?`;

const url = new RegExp(`^${scheme}${host}$`, 'sv');
const urlOfUser = new RegExp(`^${scheme}${user}${host}$`, 'sv');

/** A URL, or a host with a lower-case top-level domain; `text` holds no white space. */
export function isUrl(text: string): boolean {
  // Every URL that the pattern knows has a dot; only those with a user need the costly search for `@`.
  return text.includes('.') && (text.includes('@') ? urlOfUser : url).test(text);
}
