/** Rows as wide as asked for must fit into the model's window. */
import { checkNumber, type LanguageModel, LlmError } from '@llm/core';

/** Throws `core/option-invalid` and `sft/columns-exceed-context`. */
export function checkColumns(columns: number, { contextLength }: Pick<LanguageModel, 'contextLength'>): void {
  checkNumber('columns', columns, { minimum: 1, integer: true });
  if (columns > contextLength)
    throw new LlmError({
      code: 'sft/columns-exceed-context',
      message: `columns is ${columns}, but the model sees at most ${contextLength} tokens; use columns ≤ ${contextLength}.`,
      details: { columns, contextLength },
    });
}
