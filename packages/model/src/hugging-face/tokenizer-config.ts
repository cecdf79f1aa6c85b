/** The tokenizer_config.json of a tokenizer.json that has none. */
import type { SpecialTokenIds } from './special-tokens.js';

/** `PreTrainedTokenizerFast` is the class that follows tokenizer.json alone. */
export function minimalTokenizerConfig(
  tokenizerJson: string | Uint8Array,
  { bos, eos }: SpecialTokenIds,
): string {
  const names = specialTexts(tokenizerJson);
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    bos_token: bos === undefined ? undefined : names.get(bos),
    // There is one name for it; of several the first.
    eos_token: [eos].flat().flatMap((id) => (id === undefined ? [] : (names.get(id) ?? [])))[0],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Added tokens by id; none where the file is not what it should be: whoever reads it says so. */
function specialTexts(tokenizerJson: string | Uint8Array): Map<unknown, string> {
  const text = typeof tokenizerJson === 'string' ? tokenizerJson : new TextDecoder().decode(tokenizerJson);
  const names = new Map<unknown, string>();
  try {
    const { added_tokens: added } = JSON.parse(text) as {
      readonly added_tokens?: readonly { readonly id?: unknown; readonly content?: unknown }[];
    };
    for (const { id, content } of added ?? []) if (typeof content === 'string') names.set(id, content);
  } catch {
    return new Map();
  }
  return names;
}
