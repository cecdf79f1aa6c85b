/**
 * Replaces e-mail addresses and public IPv4 addresses, with datatrove's replacements. datatrove rotates
 * through them across documents, so its output depends on their order; here the rotation starts at a place
 * derived from the document, so a document is rewritten the same in every run, shard and order. What its
 * patterns miss is found too: addresses of other scripts and beside their letters (RFC 6531), full-width
 * signs. What they take by mistake stays: parts of longer numbers, versions and sections, `package@1.2.3`,
 * `image@2x.png`, the user of a URL. Left out, as there: telephone numbers, IPv6, names.
 */
import { checkChoice, LlmError } from '@llm/core';
import { hash32 } from '../deduplication/hashing.js';
import { checkOptions, type OptionKinds } from '../page/check-options.js';
import { datatroveIp, replaceDatatroveEmails } from './datatrove-addresses.js';
import { replaceEmails } from './email-address.js';

export interface PiiOptions {
  /** Where the rotation starts: usually the document's id. Default: at the first replacement. */
  readonly key?: string | undefined;
  readonly emails?: boolean | undefined;
  readonly ipAddresses?: boolean | undefined;
  /** What counts as an address: `whole` (default) as said above, `datatrove` its patterns to the letter. */
  readonly patterns?: 'whole' | 'datatrove' | undefined;
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
/** Whole numbers only: no digit, letter or further number beside, and no `-beta` behind. */
const ip = new RegExp(
  `(?<![A-Za-z0-9_]|[0-9]\\.)(?:${octet}\\.){3}${octet}(?![A-Za-z0-9_]|\\.[0-9]|-[A-Za-z])`,
  'g',
);
/** Four numbers behind such a word count versions or sections. */
const numbering =
  /(?:versi[oóò]n[es]?|версия|版本|バージョン|ver|release|build|revision|rev|firmware|driver|kernel|patch|sections?|chapter|clause|paragraph|article|appendix|figure|table|step|abschnitt|kapitel|sección|chapitre|раздел|oid|§)[.:#]? ?$/iu;
/** Longest of `numbering`, with what may follow it. */
const numberingLength = 16;

const kinds: OptionKinds<PiiOptions> = {
  ...({ key: 'text', emails: 'boolean', ipAddresses: 'boolean', patterns: 'text' } as const),
};

/** Throws `data/option-invalid`, also for options that leave nothing to replace. */
export function checkPii(options: PiiOptions): void {
  checkOptions('The removal of personal data', options, kinds);
  checkChoice('patterns', options.patterns, ['whole', 'datatrove']);
  if (options.emails !== false || options.ipAddresses !== false) return;
  throw new LlmError({
    code: 'data/option-invalid',
    message:
      'Neither emails nor ipAddresses are to be replaced: nothing is left to do. Leave the step out (pii: false).',
    details: { option: 'emails' },
  });
}

export function removePii(text: string, options: PiiOptions = {}): PiiResult {
  checkPii(options);
  const key = options.key;
  const like = options.patterns === 'datatrove';
  let result = text;
  let emails = 0;
  let ipAddresses = 0;
  if (options.emails !== false) {
    const start = key === undefined ? 0 : hash32(key, 1) >>> 0;
    const next = (): string => emailReplacements[(start + emails++) % emailReplacements.length]!;
    result = (like ? replaceDatatroveEmails : replaceEmails)(result, next);
  }
  if (options.ipAddresses !== false) {
    const start = key === undefined ? 0 : hash32(key, 2) >>> 0;
    result = result.replace(like ? datatroveIp : ip, (address, at: number, whole: string) =>
      isGlobal(address) && (like || !numbering.test(whole.slice(Math.max(0, at - numberingLength), at)))
        ? ipReplacements[(start + ipAddresses++) % ipReplacements.length]!
        : address,
    );
  }
  return { text: result, emails, ipAddresses };
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
