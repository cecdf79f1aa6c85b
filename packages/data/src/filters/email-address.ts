/**
 * E-mail addresses in running text, of any script (RFC 5322 dot-atoms, RFC 6531 for other letters). An
 * address may touch letters of another script, as in Chinese or Japanese text: `邮箱wang@example.cn谢谢`. Every
 * label of its domain is of one kind, Latin or not, and the last has two letters at least and is no file
 * type. The user of a URL (`https://user:secret@host`) is none.
 */

const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
const latin = '\\p{Script=Latin}0-9';
const latinLabel = `[${latin}](?:[${latin}\\p{M}\\-]*[${latin}\\p{M}])?`;
const other = `[\\p{L}\\p{M}\\p{N}]--[${latin}]`;
const otherLabel = `[${other}][[${other}]0-9]*`;
const label = `(?:${latinLabel}|${otherLabel})`;
const domain = new RegExp(
  `[@＠﹫](?:((?:${label}[.．])+)(${label})|\\[(?:${octet}\\.){3}${octet}\\]|\\[[A-Za-z0-9\\-]*[A-Za-z0-9]:[A-Fa-f0-9:.]*\\])`,
  'vy',
);
/** Two letters, or a name in Punycode. */
const topLevel = /^(?:[\p{L}\p{M}]{2,}|xn--[a-z0-9-]+)$/iu;
/** Endings of file names that are no top-level domains. */
const fileTypes = new Set(
  (
    'png jpg jpeg gif svg webp ico bmp tif tiff avif heic psd css scss less js mjs cjs jsx tsx vue json jsonc xml ' +
    'yml yaml toml html htm xhtml php asp aspx jsp csv tsv txt log pdf docx xlsx pptx odt epub mp3 mp4 webm wav ogg ' +
    'flac avi mkv woff woff2 ttf otf eot wasm map gz tgz bz2 xz rar exe dll deb rpm apk dmg iso jar whl'
  ).split(' '),
);
const asciiLocal = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]/;
const latinLocal = /[\p{Script=Latin}\p{M}]/u;
const otherLocal = /[\p{L}\p{M}\p{N}]/u;
const word = /[\p{L}\p{N}_]/u;
/** RFC 5321 allows 64 octets before the at sign. */
const longestLocal = 64;

/** The text with every address replaced; `replacement` is asked for each. Linear in the text. */
export function replaceEmails(text: string, replacement: () => string): string {
  let result = '';
  let done = 0;
  for (const { index: at } of text.matchAll(/[@＠﹫]/g)) {
    if (at < done) continue;
    domain.lastIndex = at;
    const match = domain.exec(text);
    if (match === null || !isDomain(match)) continue;
    const start = localStart(text, at, done);
    if (start < 0 || isUserOfUrl(text, start)) continue;
    result += text.slice(done, start) + replacement();
    done = at + match[0].length;
  }
  return result + text.slice(done);
}

function isDomain([, labels, last]: RegExpExecArray): boolean {
  if (labels === undefined || last === undefined) return true;
  return topLevel.test(last) && !fileTypes.has(last.toLowerCase());
}

/**
 * Leftmost start of the dotted local characters that end before `at`; −1 if
 * none. The last letter says whether they are Latin. An address of ASCII
 * alone begins with a letter, a digit or an underscore, as datatrove has it.
 */
function localStart(text: string, at: number, from: number): number {
  const last = characterBefore(text, at);
  const isLatin = asciiLocal.test(last) || latinLocal.test(last);
  let start = -1;
  for (let index = at; index > from && at - index < longestLocal; ) {
    const character = characterBefore(text, index);
    if (character === '.') {
      // A dot needs local characters on both sides.
      if (index === at || text[index] === '.') break;
    } else if (!(asciiLocal.test(character) || (isLatin ? latinLocal : otherLocal).test(character))) break;
    index -= character.length;
    if (word.test(character)) start = index;
  }
  return start;
}

function characterBefore(text: string, index: number): string {
  if (index === 0) return '';
  const unit = text.charCodeAt(index - 1);
  return text.slice((unit & 0xfc00) === 0xdc00 && index > 1 ? index - 2 : index - 1, index);
}

/** `scheme://` and no blank or slash in between. */
function isUserOfUrl(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 2 * longestLocal), start);
  return /[a-z]:\/\/[^\s/]*$/i.test(before);
}
