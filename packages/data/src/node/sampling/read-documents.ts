/** Input files → documents as they stand, with the ids that the pipeline gives them. */

import type { Document, JsonValue } from '@llm/core';
import { checkInputs } from '../inputs/check-inputs.js';
import type { DataInput, InputLimits } from '../inputs/data-input.js';
import { inputLabels } from '../inputs/input-labels.js';
import { readInput } from '../inputs/read-input.js';

export interface ReadDocumentsOptions extends InputLimits {
  /** What is no document: lines that are broken, without text, too large; by reason, as often as it comes. */
  readonly onSkip?: ((reason: string) => void) | undefined;
}

/**
 * A row's `id`, or `file#3` for the fourth item of a file. Crawl files give pages, not documents: run the
 * pipeline over them first.
 */
export async function* readDocuments(
  inputs: readonly DataInput[],
  { onSkip, ...limits }: ReadDocumentsOptions = {},
): AsyncGenerator<Document> {
  checkInputs(inputs);
  const labels = inputLabels(inputs.map(({ path }) => path));
  for (const [index, input] of inputs.entries()) {
    let ordinal = 0;
    for await (const item of readInput(input, limits, () => undefined)) {
      const place = `${labels[index]}#${ordinal++}`;
      if (item.kind === 'drop') onSkip?.(item.reason);
      if (item.kind !== 'keep') continue;
      const { text, metadata } = item.page;
      const { id, line: _, row: __, ...rest } = metadata;
      const fields = Object.entries(rest).filter(([, value]) => value !== undefined);
      yield {
        id: (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : place,
        text,
        metadata: Object.fromEntries(fields) as Record<string, JsonValue>,
      };
    }
  }
}
