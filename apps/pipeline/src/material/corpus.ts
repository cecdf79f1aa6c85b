/** The kept text: which documents train and which only measure. */
import { createHash } from 'node:crypto';
import { type ArtifactStore, type Document, LlmError } from '@llm/core';
import { readShards } from '@llm/data/node';

export interface Corpus {
  readonly training: readonly string[];
  readonly heldOut: readonly string[];
}

export interface CorpusLimits {
  readonly heldOutDocuments: number;
  readonly maximumCharacters: number;
}

/** A long held-out document is measured by its beginning. */
const heldOutCharacters = 4000;

/**
 * The same split for everyone who asks: the documents whose id hashes lowest are held out, at most a tenth of
 * all. A corpus of one document holds out its end. Throws `pipeline/corpus-empty`.
 */
export async function readCorpus(store: ArtifactStore, limits: CorpusLimits): Promise<Corpus> {
  const documents: Document[] = [];
  let characters = 0;
  for await (const document of readShards(store, 'data')) {
    documents.push(document);
    characters += document.text.length;
    if (characters >= limits.maximumCharacters) break;
  }
  if (characters === 0) {
    throw new LlmError({
      code: 'pipeline/corpus-empty',
      message:
        'No text is left to train on: every page was dropped. report.md lists the reasons; give more or other input.',
    });
  }
  const [only] = documents;
  if (documents.length === 1 && only !== undefined) return splitDocument(only.text);
  const ranked = documents
    .map((document) => ({ document, rank: createHash('sha256').update(document.id).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  const count = Math.max(1, Math.min(limits.heldOutDocuments, Math.floor(documents.length / 10)));
  const heldOut = new Set(ranked.slice(0, count).map(({ document }) => document));
  return {
    training: documents.filter((document) => !heldOut.has(document)).map(({ text }) => text),
    heldOut: [...heldOut].map(({ text }) => text.slice(0, heldOutCharacters)),
  };
}

function splitDocument(text: string): Corpus {
  const end = Math.min(heldOutCharacters, Math.ceil(text.length / 10));
  return { training: [text.slice(0, text.length - end)], heldOut: [text.slice(text.length - end)] };
}
