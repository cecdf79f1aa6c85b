/** JSON Lines → pairs of answers, in every form that `parsePreferenceRow` knows. */
import { type PreferenceRow, parsePreferenceRow } from './parse-preference-row.js';
import { type ReadRows, type ReadRowsOptions, readRows } from './read-rows.js';

export interface ReadPreferences extends Omit<ReadRows<PreferenceRow>, 'rows'> {
  /** For `trainPreferences` of `@llm/rl`. */
  readonly pairs: PreferenceRow[];
}

/**
 * Takes what `readConversations` takes. Throws `sft/line-invalid` (strict), `sft/no-preferences` when no line
 * was usable, and `core/option-invalid`.
 */
export async function readPreferences(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadRowsOptions = {},
): Promise<ReadPreferences> {
  const none = { code: 'sft/no-preferences', noun: 'pair', form: '{"prompt", "chosen", "rejected"}' };
  const { rows, ...rest } = await readRows(input, parsePreferenceRow, none, options);
  return { pairs: rows, ...rest };
}
