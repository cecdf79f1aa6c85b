/**
 * What lies beside the weights of a finished model, so that other programs split text, chat and stop as this
 * one does: tokenizer files, the chat format as a template, and which token ends an answer.
 */
import type { SpecialTokenIds } from '@llm/model/hugging-face';
import { chatTemplate, fromTokenizerJson, writeTokenizerConfig } from '@llm/tokenizer';

export interface FinishedModelFiles {
  readonly tokenizerFiles: Readonly<Record<string, string | Uint8Array>>;
  readonly specialTokens: SpecialTokenIds;
}

/** A base model does not chat: where the next document would begin, its text ends. */
export function finishedModelFiles(stage: string, tokenizerJson: Uint8Array): FinishedModelFiles {
  const chats = stage !== 'pretrain';
  const [bos, eos] = ['<|bos|>', chats ? '<|assistant_end|>' : '<|bos|>'];
  const { specialTokens } = fromTokenizerJson(new TextDecoder().decode(tokenizerJson));
  const tokenizerConfig = writeTokenizerConfig({
    chatTemplate: chats ? chatTemplate : undefined,
    tokens: { bos_token: bos, eos_token: eos },
  });
  return {
    tokenizerFiles: { 'tokenizer.json': tokenizerJson, 'tokenizer_config.json': tokenizerConfig },
    specialTokens: { bos: specialTokens.get(bos), eos: specialTokens.get(eos) },
  };
}
