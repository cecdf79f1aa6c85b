/**
 * The eleven control tokens of the chat format (nanochat's shape):
 * begin of sequence, and a start and an end for each span.
 */
export const chatSpecialTokens = [
  '<|bos|>',
  '<|system_start|>',
  '<|system_end|>',
  '<|user_start|>',
  '<|user_end|>',
  '<|assistant_start|>',
  '<|assistant_end|>',
  '<|tool_call_start|>',
  '<|tool_call_end|>',
  '<|tool_output_start|>',
  '<|tool_output_end|>',
] as const;
