/**
 * HTML → a flat tree: parallel arrays in document order, where the subtree of node `i` is the range
 * `i … end[i]`. Every measure of a subtree is then a difference of two prefix sums, and nothing is recursive.
 * Tokenizing (tags, entities, implied end tags) is htmlparser2's, whose list of open elements makes a very
 * deep page cost more than a flat one: `maxSteps` bounds that.
 */
import { Parser } from 'htmlparser2';
import { unseenTags } from './html-tags.js';

/** Node 0 is the document. A text node has the tag `#text` and its text; other nodes have an empty text. */
export interface PageTree {
  readonly size: number;
  readonly tag: readonly string[];
  readonly parent: readonly number[];
  /** Index after the last descendant. */
  readonly end: readonly number[];
  readonly text: readonly string[];
  /** What `measureText` says of each text node. */
  readonly measures: readonly (TextMeasure | undefined)[];
  /** `class` and `id`, lower case, separated by a blank. */
  readonly cue: readonly string[];
  /** Lower-case `role`, `itemprop`, … of the few nodes that have one. */
  readonly role: ReadonlyMap<number, string>;
  readonly itemprop: ReadonlyMap<number, string>;
  /** Hidden by attribute or inline style. */
  readonly hidden: ReadonlySet<number>;
  readonly title: string;
}

/** Lengths in UTF-16 units, a run of white space counting one. */
export interface TextMeasure {
  readonly length: number;
  readonly startsBlank: boolean;
  /** Commas, full stops and semicolons. */
  readonly marks: number;
  /** The last character that is not white space, or 0. */
  readonly last: number;
}

export interface ParseLimits {
  /** More nodes than this end the parse. Default 300,000. */
  readonly maxNodes?: number | undefined;
  /**
   * Steps of the parse: a closing tag is looked for among the elements open at that moment, an opening one
   * moves them, sixteen at a step. Default 5e8, a second or two; counted, not timed, so that no page is
   * dropped on one machine and kept on another.
   */
  readonly maxSteps?: number | undefined;
}

class LimitReached extends Error {}

/** Undefined when the page exceeds a limit. */
export function parsePage(html: string, limits: ParseLimits = {}): PageTree | undefined {
  const builder = new TreeBuilder(limits.maxNodes ?? 300_000, limits.maxSteps ?? 5e8);
  const parser = new CountingParser(builder);
  try {
    parser.write(html);
    parser.end();
  } catch (error) {
    if (error instanceof LimitReached) return undefined;
    throw error;
  }
  return builder.finish();
}

/** Tells the builder of closing tags that close nothing, too: each costs a look through all that is open. */
class CountingParser extends Parser {
  constructor(readonly builder: TreeBuilder) {
    super(builder, { decodeEntities: true });
  }

  override onclosetag(start: number, end: number): void {
    this.builder.count(1);
    super.onclosetag(start, end);
  }
}

class TreeBuilder {
  readonly tag: string[] = ['#document'];
  readonly parent: number[] = [-1];
  readonly end: number[] = [0];
  readonly text: string[] = [''];
  readonly measures: (TextMeasure | undefined)[] = [undefined];
  readonly cue: string[] = [''];
  readonly role = new Map<number, string>();
  readonly itemprop = new Map<number, string>();
  readonly hidden = new Set<number>();
  readonly #open: number[] = [0];
  #title = '';
  #pending = '';
  /** Depth below the outermost element that is not seen; 0 outside. */
  #unseen = 0;
  #inTitle = false;
  #steps = 0;

  constructor(
    readonly maxNodes: number,
    readonly maxSteps: number,
  ) {}

  onopentagname(name: string): void {
    this.count(1 / 16);
    if (name === 'title' && this.#unseen <= 1) this.#inTitle = this.#title === '';
    if (this.#unseen > 0) {
      this.#unseen++;
      return;
    }
    if (unseenTags.has(name)) {
      // Two words on both sides of a removed element are two words.
      if (this.#pending !== '') this.#pending += ' ';
      this.#unseen = 1;
      return;
    }
    this.#flush();
    this.#open.push(this.#add(name, ''));
  }

  onattribute(name: string, value: string): void {
    if (this.#unseen > 0) return;
    const node = this.tag.length - 1;
    if (name === 'class' || name === 'id') {
      const previous = this.cue[node]!;
      this.cue[node] = previous === '' ? value.toLowerCase() : `${previous} ${value.toLowerCase()}`;
    } else if (name === 'role') this.role.set(node, value.toLowerCase());
    else if (name === 'itemprop') this.itemprop.set(node, value.toLowerCase());
    else if (name === 'hidden' || (name === 'aria-hidden' && value === 'true')) this.hidden.add(node);
    else if (name === 'style' && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(value))
      this.hidden.add(node);
  }

  ontext(data: string): void {
    if (this.#unseen === 0) this.#pending += data;
    else if (this.#inTitle) this.#title += data;
  }

  onclosetag(name: string): void {
    if (name === 'title') this.#inTitle = false;
    if (this.#unseen > 0) {
      this.#unseen--;
      return;
    }
    this.#flush();
    const node = this.#open.pop();
    if (node !== undefined) this.end[node] = this.tag.length;
  }

  finish(): PageTree {
    this.#flush();
    for (const node of this.#open) this.end[node] = this.tag.length;
    this.end[0] = this.tag.length;
    const { tag, parent, end, text, measures, cue, role, itemprop, hidden } = this;
    const title = this.#title.replace(/\s+/g, ' ').trim();
    return { size: tag.length, tag, parent, end, text, measures, cue, role, itemprop, hidden, title };
  }

  #add(tag: string, text: string): number {
    const node = this.tag.length;
    if (node >= this.maxNodes) throw new LimitReached();
    this.tag.push(tag);
    this.parent.push(this.#open[this.#open.length - 1] ?? 0);
    this.end.push(node + 1);
    this.text.push(text);
    this.measures.push(text === '' ? undefined : measureText(text));
    this.cue.push('');
    return node;
  }

  #flush(): void {
    if (this.#pending === '') return;
    this.#add('#text', this.#pending);
    this.#pending = '';
  }

  /** `each`: steps for every element that is open. */
  count(each: number): void {
    this.#steps += each * (this.#open.length + this.#unseen);
    if (this.#steps > this.maxSteps) throw new LimitReached();
  }
}

const blankText: TextMeasure = { length: 1, startsBlank: true, marks: 0, last: 0 };

function measureText(text: string): TextMeasure {
  let length = 0;
  let marks = 0;
  let last = 0;
  let blank = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 160) {
      if (!blank) length++;
      blank = true;
      continue;
    }
    blank = false;
    length++;
    last = code;
    // , . ; and their Arabic, ideographic and full-width forms
    if (code === 44 || code === 46 || code === 59) marks++;
    else if (code > 0x60b && (code === 0x60c || code === 0x3001 || code === 0x3002 || code === 0xff0c))
      marks++;
  }
  if (last === 0) return blankText;
  const first = text.charCodeAt(0);
  return { length, startsBlank: first <= 32 || first === 160, marks, last };
}
