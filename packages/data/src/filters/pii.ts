/**
 * Replaces e-mail addresses and public IPv4 addresses, with datatrove's patterns and replacements. datatrove
 * rotates through the replacements across documents, so its output depends on their order; here the rotation
 * starts at a place derived from the document, so a document is rewritten the same in every run, shard and
 * order. Left out, as there: telephone numbers, IPv6, names.
 */
import { hash32 } from '../deduplication/hashing.js';

export interface PiiOptions {
  /** Where the rotation starts: usually the document's id. Default: at the first replacement. */
  readonly key?: string | undefined;
  readonly emails?: boolean | undefined;
  readonly ipAddresses?: boolean | undefined;
}

export interface PiiResult {
  readonly text: string;
  readonly emails: number;
  readonly ipAddresses: number;
}

const emailReplacements = ['email@example.com', 'firstname.lastname@example.org'];
/** Addresses that answered no ping when datatrove's authors drew them. */
const ipReplacements = [
  '22.214.171.124',
  '126.96.36.199',
  '188.8.131.52',
  '184.108.40.206',
  '220.127.116.11',
  '18.104.22.168',
];

const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const domain = new RegExp(
  `@(?:(?:${label}\\.)+${label}|\\[(?:${octet}\\.){3}(?:${octet}|[A-Za-z0-9-]*[A-Za-z0-9]:)\\])`,
  'y',
);
const ip = new RegExp(`(?:${octet}\\.){3}${octet}`, 'g');
const localCharacter = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]/;
const wordCharacter = /[\p{L}\p{N}_]/u;

export function removePii(text: string, options: PiiOptions = {}): PiiResult {
  const key = options.key;
  let result = text;
  let emails = 0;
  let ipAddresses = 0;
  if (options.emails !== false && text.includes('@')) {
    const start = key === undefined ? 0 : hash32(key, 1) >>> 0;
    result = replaceEmails(result, () => emailReplacements[(start + emails++) % emailReplacements.length]!);
  }
  if (options.ipAddresses !== false) {
    const start = key === undefined ? 0 : hash32(key, 2) >>> 0;
    result = result.replace(ip, (address) =>
      isGlobal(address) ? ipReplacements[(start + ipAddresses++) % ipReplacements.length]! : address,
    );
  }
  return { text: result, emails, ipAddresses };
}

/**
 * What the pattern `\b local(.local)* @ domain` replaces, found from each `@` outwards: a scan from the left
 * would take quadratic time on long runs without an `@`.
 */
function replaceEmails(text: string, replacement: () => string): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < done) continue;
    domain.lastIndex = at;
    const match = domain.exec(text);
    if (match === null) continue;
    const start = localStart(text, at, done);
    if (start < 0) continue;
    result += text.slice(done, start) + replacement();
    done = at + match[0].length;
  }
  return result + text.slice(done);
}

/** Leftmost start, at a word boundary, of the dotted local characters that end before `at`; −1 if none. */
function localStart(text: string, at: number, from: number): number {
  let start = -1;
  for (let index = at - 1; index >= from; index--) {
    const character = text[index]!;
    if (character === '.') {
      // A dot needs local characters on both sides.
      if (index + 1 === at || text[index + 1] === '.') break;
      continue;
    }
    if (!localCharacter.test(character)) break;
    if (isWord(text, index - 1) !== isWord(text, index)) start = index;
  }
  return start;
}

function isWord(text: string, index: number): boolean {
  if (index < 0) return false;
  const unit = text.charCodeAt(index);
  const low = (unit & 0xfc00) === 0xdc00 && index > 0;
  return wordCharacter.test(low ? text.slice(index - 1, index + 1) : text[index]!);
}

/** `ipaddress.ip_address(a).is_global` of Python 3.11; numbers with a leading zero are no address there. */
export function isGlobal(address: string): boolean {
  const parts = address.split('.');
  if (parts.some((part) => part.length > 1 && part.startsWith('0'))) return false;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 240) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && b === 168) return false;
  if (a === 192 && b === 0 && c === 0) return d > 7 && d !== 170 && d !== 171;
  if (a === 192 && b === 0 && c === 2) return false;
  if (a === 198 && (b === 18 || b === 19)) return false;
  if (a === 198 && b === 51 && c === 100) return false;
  if (a === 203 && b === 0 && c === 113) return false;
  return true;
}
