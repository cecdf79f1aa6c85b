import type { JsonValue } from '@llm/core';
import type { Measure } from './measure.js';

/** Fields of a document, as JSON: those that are undefined are left out. */
export type Metadata = Readonly<Record<string, JsonValue | undefined>>;

/** What a step finds out about a page. What is given takes the place of what the page held. */
export interface Findings {
  /** The text from here on. */
  readonly text?: string | undefined;
  readonly title?: string | undefined;
  /** ISO 639-1 code where there is one. */
  readonly language?: string | undefined;
  /** 0…1. */
  readonly languageScore?: number | undefined;
  /** These join what the reader gave: fields of the document, or of its line among the dropped pages. */
  readonly metadata?: Metadata | undefined;
  /** What its rules saw, in their order: nothing of the page. */
  readonly measures?: readonly Measure[] | undefined;
}

/** The page goes; `reason` names the rule. */
export interface Drop extends Findings {
  readonly kind: 'drop';
  readonly reason: string;
}

/** What a reader, an extractor or a filter says of a page: it stays, with what was found, or it goes. */
export type Verdict<Found extends object = Findings> = ({ readonly kind: 'keep' } & Found) | Drop;

export const keep = { kind: 'keep' } as const;

export function drop(reason: string, findings: Findings = {}): Drop {
  return { kind: 'drop', reason, ...findings };
}
