/**
 * CSV text in pieces → records (RFC 4180, and as Python's `csv` reads what that leaves open: a quote opens
 * a field only at its start). Libraries read such files, too, but give up at a record that is too long, or
 * hold it: here a record above `longest` UTF-16 units, as one whose quote never ends, is passed over up to
 * the next line end, so that all is linear and bounded whatever comes.
 */
export type CsvRecord = readonly string[] | 'too-large';

const quote = '"';

export class CsvRecords {
  #field = '';
  #fields: string[] = [];
  #length = 0;
  /** Where in a field: before it, in one without quotes, in one with, after a quote in one with. */
  #state: 'start' | 'plain' | 'quoted' | 'after-quote' | 'skipped' = 'start';
  readonly #special: RegExp;

  constructor(
    readonly delimiter: string,
    readonly longest: number,
  ) {
    this.#special = new RegExp(`[${delimiter}"\r\n]`, 'g');
  }

  /** The records that end in `text`. */
  *push(text: string): Generator<CsvRecord> {
    let at = 0;
    while (at < text.length) {
      const next = this.#nextSpecial(text, at);
      // No more of a record is taken than shows that it is too long.
      const room = this.#state === 'skipped' ? text.length : this.longest + 1 - this.#length;
      const stop = Math.min(next, at + room);
      if (stop > at) {
        if (this.#state !== 'skipped') this.#take(text.slice(at, stop));
        if (this.#state === 'start' || this.#state === 'after-quote') this.#state = 'plain';
      }
      at = stop;
      if (this.#length > this.longest) {
        this.#begin('skipped');
        yield 'too-large';
        continue;
      }
      if (stop === text.length) return;
      const record = this.#mark(text[at]!);
      if (record !== undefined) yield record;
      at++;
    }
  }

  /** The last record, where the file does not end with a line end. */
  *end(): Generator<CsvRecord> {
    const isEmpty = this.#state === 'start' && this.#fields.length === 0 && this.#field === '';
    if (isEmpty || this.#state === 'skipped') return;
    yield [...this.#fields, this.#field];
    this.#begin('start');
  }

  #nextSpecial(text: string, from: number): number {
    if (this.#state === 'quoted' || this.#state === 'skipped') {
      const found = text.indexOf(this.#state === 'quoted' ? quote : '\n', from);
      return found < 0 ? text.length : found;
    }
    this.#special.lastIndex = from;
    return this.#special.exec(text)?.index ?? text.length;
  }

  #take(text: string): void {
    this.#field += text;
    this.#length += text.length;
  }

  #mark(character: string): CsvRecord | undefined {
    if (this.#state === 'quoted') {
      this.#state = 'after-quote';
      return undefined;
    }
    if (character === '\n' || character === '\r') {
      const isRecord = this.#state !== 'skipped' && !(this.#state === 'start' && this.#fields.length === 0);
      const record = isRecord ? [...this.#fields, this.#field] : undefined;
      this.#begin('start');
      return record;
    }
    if (character === this.delimiter) {
      this.#fields.push(this.#field);
      this.#field = '';
      this.#length++;
      this.#state = 'start';
      return undefined;
    }
    // A quote
    if (this.#state === 'plain') this.#take(quote);
    else if (this.#state === 'after-quote') {
      this.#take(quote);
      this.#state = 'quoted';
    } else this.#state = 'quoted';
    return undefined;
  }

  #begin(state: 'start' | 'skipped'): void {
    this.#field = '';
    this.#fields = [];
    this.#length = 0;
    this.#state = state;
  }
}
