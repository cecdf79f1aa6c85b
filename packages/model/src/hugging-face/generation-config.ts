/** generation_config.json: the special tokens, where `generate` of transformers looks for them. */
import type { SpecialTokenIds } from './config.js';

export function generationConfigText(tokens: SpecialTokenIds = {}): string {
  const json = { bos_token_id: tokens.bos ?? null, eos_token_id: tokens.eos ?? null };
  return `${JSON.stringify(json, null, 2)}\n`;
}
