/** Which token, if any, the model's own tokenizer puts before a text. */

/**
 * `add_bos_token` of tokenizer_config.json, else what the post-processor of tokenizer.json begins a text with
 * (transformers follows it).
 */
export function beginTokenOf(
  files: Readonly<Record<string, Uint8Array>>,
  bos: number | undefined,
): number | undefined {
  const config = objectIn(files['tokenizer_config.json']);
  if (config?.add_bos_token === true) return bos;
  if (config?.add_bos_token === false) return undefined;
  return firstOf(objectIn(files['tokenizer.json'])?.post_processor);
}

function firstOf(processor: unknown): number | undefined {
  const {
    type,
    processors,
    single,
    special_tokens: tokens,
  } = (processor ?? {}) as {
    readonly type?: unknown;
    readonly processors?: readonly unknown[] | undefined;
    readonly single?: readonly { readonly SpecialToken?: { readonly id?: string | undefined } | undefined }[];
    readonly special_tokens?: Readonly<Record<string, { readonly ids?: readonly number[] | undefined }>>;
  };
  if (type === 'Sequence' && Array.isArray(processors))
    return processors.map(firstOf).find((id) => id !== undefined);
  const name = Array.isArray(single) ? single[0]?.SpecialToken?.id : undefined;
  return name === undefined ? undefined : tokens?.[name]?.ids?.[0];
}

/** Whoever reads these files for good says what is wrong with them. */
function objectIn(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
