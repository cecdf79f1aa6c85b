/** A text of one's own as documents to learn from, and some that are only measured on. */
import { LlmError } from '@llm/core';
import { repairText } from '@llm/data';

export interface Documents {
  readonly training: readonly string[];
  /** Never trained on: what is measured, and continued in samples. */
  readonly heldOut: readonly string[];
  /** Documents that were there more than once and are left out. */
  readonly repeated: number;
}

/** Characters of held-out text: enough to tell two models apart, few enough not to be waited for. */
const mostHeldOut = 8000;
const partLength = 1000;

/**
 * What stands between empty lines is a document; a text that has hardly any is cut at line ends. Encodings
 * are repaired as in the data stage, repetitions left out, and the last twentieth is held out.
 * Throws `studio/text-too-short`.
 */
export function documentsOf(text: string): Documents {
  const repaired = repairText(text, { entities: false });
  const paragraphs = repaired
    .split(/\n[^\S\n]*\n\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const distinct = [...new Set(paragraphs)];
  const documents = distinct.length >= 20 ? distinct : distinct.flatMap(partsOf);
  const longest = documents.reduce((most, { length }) => Math.max(most, length), 0);
  if (documents.length < 2 || longest < 2)
    throw new LlmError({
      code: 'studio/text-too-short',
      message: `The text has ${repaired.length} characters in ${documents.length === 1 ? 'one document' : `${documents.length} documents`}. Training needs two documents at least, with an empty line or 1,000 characters between them: the last is held out.`,
      details: { characters: repaired.length, documents: documents.length },
    });
  const first = documents.length - Math.ceil(documents.length / 20);
  const heldOut: string[] = [];
  let length = 0;
  for (const document of documents.slice(first)) {
    if (length >= mostHeldOut) break;
    heldOut.push(document.slice(0, mostHeldOut - length));
    length += document.length;
  }
  return {
    training: documents.slice(0, first),
    heldOut,
    repeated: paragraphs.length - distinct.length,
  };
}

/** Of a long text without paragraphs: pieces that end where lines or words do. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const most = text.slice(start, start + partLength);
    const isLast = start + partLength >= text.length;
    const end = isLast ? most.length : Math.max(most.lastIndexOf('\n'), most.lastIndexOf(' ')) + 1;
    const taken = end > 0 ? end : most.length;
    const part = text.slice(start, start + taken).trim();
    if (part !== '') parts.push(part);
    start += taken;
  }
  return parts;
}
