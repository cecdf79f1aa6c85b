/** What the main content of a page is made of, before any HTML. */
export interface Block {
  readonly type: 'heading' | 'paragraph' | 'item';
  readonly text: string;
}

export interface Content {
  readonly title: string;
  /** The first block is the title as a heading. */
  readonly blocks: readonly Block[];
  /** Words for the URL: lower-case letters and hyphens. */
  readonly slug: string;
  readonly personalData?: PersonalData | undefined;
}

/** What must be replaced before the text is used, and what only looks like it. */
export interface PersonalData {
  readonly emails: readonly string[];
  /** Public IPv4 addresses. */
  readonly addresses: readonly string[];
  /** Private or reserved IPv4 addresses: they identify nobody and stay. */
  readonly privateAddresses: readonly string[];
}

/**
 * The text extraction must yield: one line per block, list items
 * with "- " in front, as trafilatura writes them. No line is empty.
 */
export function blocksToText(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'item' ? `- ${block.text}` : block.text)).join('\n');
}

export const heading = (text: string): Block => ({ type: 'heading', text });
export const paragraph = (...sentences: readonly string[]): Block => ({
  type: 'paragraph',
  text: sentences.join(' '),
});
export const item = (text: string): Block => ({ type: 'item', text });

/** Sentences in paragraphs of two to four. */
export function paragraphs(sentences: readonly string[], draw: (bound: number) => number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < sentences.length; ) {
    const count = 2 + draw(3);
    blocks.push(paragraph(...sentences.slice(start, start + count)));
    start += count;
  }
  return blocks;
}

export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}
