/**
 * The encoding that a page declares for itself, found as the HTML Standard's "prescan a byte stream to
 * determine its encoding" finds it: comments and attributes of other elements are no declarations, a `<meta>`
 * needs `charset` or `http-equiv` with `content`. Two things differ. It goes on past 1,024 bytes, since
 * browsers obey a late `<meta>` too, and what scripts, styles and the like contain is skipped, since browsers
 * meet no `<meta>` in it either.
 */
import { resolveLabel } from './encoding-label.js';

const latin1 = new TextDecoder('latin1');
const prescanBytes = 1 << 20;
const blank = /[\t\n\f\r ]/;
const rawText = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

/** Standard name of the encoding that a `<meta>` or an XML declaration names; UTF-16 means UTF-8. */
export function metaCharset(bytes: Uint8Array): string | undefined {
  const page = latin1.decode(bytes.subarray(0, prescanBytes));
  const declared = prescan(page, page.toLowerCase()) ?? xmlEncoding(page);
  return declared?.startsWith('utf-16') === true ? 'utf-8' : declared;
}

function prescan(page: string, lower: string): string | undefined {
  for (let at = page.indexOf('<'); at >= 0; at = page.indexOf('<', at)) {
    if (page.startsWith('<!--', at)) {
      // The dashes that open a comment may close it: `<!-->`.
      at = page.indexOf('-->', at + 2);
      if (at < 0) return undefined;
      continue;
    }
    const name = /[a-z][^\t\n\f\r />]*/y;
    const closing = page[at + 1] === '/' ? 1 : 0;
    name.lastIndex = at + 1 + closing;
    const tag = name.exec(lower)?.[0];
    if (tag === undefined) {
      at = /[!/?]/.test(page[at + 1] ?? '') ? page.indexOf('>', at) : at + 1;
      if (at < 0) return undefined;
      continue;
    }
    const attributes = new TagAttributes(page, lower, name.lastIndex);
    const charset = tag === 'meta' && closing === 0 ? metaOf(attributes) : attributes.skip();
    if (charset !== undefined) return charset;
    at = attributes.at;
    if (closing === 0 && rawText.has(tag)) {
      at = lower.indexOf(`</${tag}`, at);
      if (at < 0) return undefined;
    }
  }
  return undefined;
}

function metaOf(attributes: TagAttributes): string | undefined {
  const seen = new Set<string>();
  let [pragma, needsPragma]: [boolean, boolean | undefined] = [false, undefined];
  let charset: string | undefined;
  for (let next = attributes.next(); next !== undefined; next = attributes.next()) {
    const [name, value] = next;
    if (seen.has(name)) continue;
    seen.add(name);
    if (name === 'http-equiv') pragma = value.toLowerCase() === 'content-type';
    else if (name === 'charset') [charset, needsPragma] = [value, false];
    else if (name === 'content' && charset === undefined) {
      charset = charsetInContent(value);
      if (charset !== undefined) needsPragma = true;
    }
  }
  return needsPragma === undefined || (needsPragma && !pragma) ? undefined : resolveLabel(charset);
}

/** The HTML Standard's "extracting a character encoding from a meta element". */
function charsetInContent(content: string): string | undefined {
  const found =
    /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r ;"'][^\t\n\f\r ;]*))/i.exec(content);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}

function xmlEncoding(page: string): string | undefined {
  if (!/^\s{0,16}<\?xml/.test(page)) return undefined;
  const declaration = page.slice(0, Math.min(page.indexOf('>') + 1, 1024));
  return resolveLabel(/encoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1]);
}

/** The attributes of one tag, after the standard's "get an attribute". `at` is where reading goes on. */
class TagAttributes {
  constructor(
    readonly page: string,
    readonly lower: string,
    public at: number,
  ) {}

  /** Name in lower case and value; undefined at the end of the tag. */
  next(): [string, string] | undefined {
    const { page, lower } = this;
    while (this.at < page.length && /[\t\n\f\r /]/.test(page[this.at]!)) this.at++;
    if (this.at >= page.length || page[this.at] === '>') return undefined;
    const start = this.at++;
    while (this.at < page.length && !/[\t\n\f\r />=]/.test(page[this.at]!)) this.at++;
    const name = lower.slice(start, this.at);
    this.#skipBlanks();
    if (page[this.at] !== '=') return [name, ''];
    this.at++;
    this.#skipBlanks();
    const quote = page[this.at];
    if (quote === '"' || quote === "'") {
      const end = page.indexOf(quote, this.at + 1);
      const value = page.slice(this.at + 1, end < 0 ? page.length : end);
      this.at = end < 0 ? page.length : end + 1;
      return end < 0 ? undefined : [name, value];
    }
    const from = this.at;
    while (this.at < page.length && !/[\t\n\f\r >]/.test(page[this.at]!)) this.at++;
    return this.at < page.length ? [name, page.slice(from, this.at)] : undefined;
  }

  skip(): undefined {
    while (this.next() !== undefined);
  }

  #skipBlanks(): void {
    while (this.at < this.page.length && blank.test(this.page[this.at]!)) this.at++;
  }
}
