/** Which ids begin a text and end an answer, as other programs want to know it. */
import { type JsonValue, LlmError } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';

export interface SpecialTokenIds {
  /** Begins a text. */
  readonly bos?: number | undefined;
  /** Ends it: generation stops there. Several where any of them does. */
  readonly eos?: number | readonly number[] | undefined;
}

/** As config.json and generation_config.json have it. */
export function specialTokenKeys({ bos, eos }: SpecialTokenIds): Record<string, JsonValue> {
  return { bos_token_id: bos ?? null, eos_token_id: typeof eos === 'object' ? [...eos] : (eos ?? null) };
}

/** Of a config.json or generation_config.json. Throws `model/config-unreadable`. */
export function readSpecialTokens(json: ConfigReader): SpecialTokenIds {
  const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const read = (key: string): number | readonly number[] | undefined => {
    const value = json.json[key] ?? undefined;
    if (value === undefined || isId(value)) return value;
    if (Array.isArray(value) && value.every(isId)) return value.length === 0 ? undefined : value;
    return json.fail(`"${key}" is ${JSON.stringify(value).slice(0, 80)}, which is no id`);
  };
  const bos = read('bos_token_id');
  return { bos: typeof bos === 'object' ? bos[0] : bos, eos: read('eos_token_id') };
}

/** Without the ids that the model has not: small models keep those of the large one they were cut from. */
export function withinVocabulary(
  { vocabularySize }: ModelConfig,
  { bos, eos }: SpecialTokenIds,
): SpecialTokenIds {
  const known = [eos].flat().filter((id) => id !== undefined && id < vocabularySize) as number[];
  return {
    bos: bos !== undefined && bos < vocabularySize ? bos : undefined,
    eos: known.length > 1 ? known : known[0],
  };
}

/** Throws `model/token-out-of-range` for an id that the model has not. */
export function checkSpecialTokens({ vocabularySize }: ModelConfig, { bos, eos }: SpecialTokenIds): void {
  for (const [name, id] of [['bos', bos] as const, ...[eos].flat().map((each) => ['eos', each] as const)])
    if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < vocabularySize))
      throw new LlmError({
        code: 'model/token-out-of-range',
        message: `The special token ${name} is ${id}; the model's ids are 0 to ${vocabularySize - 1}.`,
        details: { name, id: String(id) },
      });
}
