/** The matchers of added tokens by what a caller allows, made when first needed. */
import type { EncodeOptions } from '../bpe-tokenizer.js';
import { type AddedTokenMatcher, isWhiteSpace, matchAddedTokens } from '../vocabulary/added-token.js';
import type { BpeDefinition } from '../vocabulary/bpe-definition.js';

export class AddedTokenMatchers {
  readonly #found = new Map<string, AddedTokenMatcher | undefined>();

  constructor(readonly definition: BpeDefinition) {}

  /** Of the tokens that are looked for after normalization, or before. Undefined for none. */
  find(options: EncodeOptions | undefined, normalized: boolean): AddedTokenMatcher | undefined {
    const { addedTokens = [], isWordCharacter, normalizer } = this.definition;
    const allowed = options?.allowSpecial ?? false;
    const isAdded = options?.allowAdded ?? true;
    const key = `${normalized} ${isAdded} ${typeof allowed === 'boolean' ? allowed : JSON.stringify(allowed)}`;
    if (!this.#found.has(key)) {
      const tokens = addedTokens.filter((token) => {
        if ((token.normalized ?? false) !== normalized) return false;
        if (token.special === false) return isAdded;
        return typeof allowed === 'boolean' ? allowed : allowed.includes(token.content);
      });
      const isMark = (unit: string): boolean =>
        unit === ' ' && normalized && normalizer?.marksSpaces === true;
      const isSpace = (unit: string): boolean => isWhiteSpace(unit) && !isMark(unit);
      this.#found.set(key, matchAddedTokens(tokens, isWordCharacter, isSpace));
    }
    return this.#found.get(key);
  }
}
