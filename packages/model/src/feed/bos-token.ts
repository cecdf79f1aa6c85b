import { LlmError, type Tokenizer } from '@llm/core';

/** The id of `<|bos|>`. Throws `model/bos-missing`. */
export function findBosToken(tokenizer: Tokenizer): number {
  const id = tokenizer.specialTokens.get('<|bos|>');
  if (id === undefined)
    throw new LlmError({
      code: 'model/bos-missing',
      message:
        'The tokenizer has no "<|bos|>" special token, which begins every document. Train it with one.',
    });
  return id;
}
