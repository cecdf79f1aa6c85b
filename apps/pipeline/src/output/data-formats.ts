/** What the kept text can be written as; of token ids the tokenizer must be named. */
export const dataFormats = {
  parquet: { tokens: false },
  jsonl: { tokens: false },
  text: { tokens: false },
  tokens: { tokens: true },
  megatron: { tokens: true },
} as const;

export type DataFormat = keyof typeof dataFormats;
