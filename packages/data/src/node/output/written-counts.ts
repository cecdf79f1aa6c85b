/** What is counted of documents as they are written. */
import type { Document } from '@llm/core';

export class WrittenCounts {
  documents = 0;
  characters = 0;
  readonly languages = new Map<string, number>();
  readonly licences = new Map<string, number>();

  add({ text, metadata }: Document): void {
    this.documents++;
    this.characters += text.length;
    count(this.languages, metadata.language);
    count(this.licences, metadata.licence ?? metadata.license);
  }

  summary() {
    const { documents, characters, languages, licences } = this;
    return { documents, characters, languages: sorted(languages), licences: sorted(licences) };
  }
}

function count(counts: Map<string, number>, value: unknown): void {
  const name = typeof value === 'string' && value !== '' ? value : 'unknown';
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
