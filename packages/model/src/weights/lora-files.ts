/** LoRA adapters as the files of PEFT: adapter_model.safetensors and adapter_config.json. */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import { type LoraConfig, type LoraTarget, loraNames, loraTargets } from './lora.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { fileKey } from './weight-files.js';

/** Settings of PEFT that change what an adapter computes, and their values without a change. */
const plainLora: Readonly<Record<string, unknown>> = {
  bias: 'none',
  fan_in_fan_out: false,
  lora_bias: false,
  modules_to_save: null,
  layers_to_transform: null,
  exclude_modules: null,
  rank_pattern: null,
  alpha_pattern: null,
  trainable_token_indices: null,
  target_parameters: null,
};

const peftPrefix = 'base_model.model.';

export interface SaveLoraOptions {
  readonly adapters: ReadonlyMap<string, NamedTensor>;
  readonly lora: LoraConfig;
  /** Where PEFT finds the model that was adapted: a name of the hub or a folder. Default: not said. */
  readonly baseModel?: string | undefined;
}

/** Writes adapter_model.safetensors and adapter_config.json as PEFT does; '' is the store itself. */
export async function saveLora(
  store: ArtifactStore,
  prefix: string,
  { adapters, lora, baseModel }: SaveLoraOptions,
): Promise<void> {
  const { rank, alpha = 2 * rank, targets = loraTargets } = lora;
  const { rankStabilized = false, weightDecomposed = false } = lora;
  const named = new Map([...adapters].map(([name, tensor]) => [`${peftPrefix}${name}`, tensor]));
  await store.write(fileKey(prefix, 'adapter_model.safetensors'), writeSafetensors(named));
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel ?? null,
    r: rank,
    lora_alpha: alpha,
    target_modules: targets,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    use_rslora: rankStabilized,
    use_dora: weightDecomposed,
    inference_mode: true,
  };
  await store.write(
    fileKey(prefix, 'adapter_config.json'),
    new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
  );
}

/** Throws `model/lora-invalid` when the files are not a LoRA adapter this package can apply. */
export async function loadLora(
  store: ArtifactStore,
  prefix: string,
): Promise<{ adapters: Map<string, NamedTensor>; lora: LoraConfig }> {
  const file = fileKey(prefix, 'adapter_config.json');
  let json: Readonly<Record<string, unknown>> = {};
  try {
    json = JSON.parse(new TextDecoder().decode(await store.read(file))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
  }
  const { r, lora_alpha: alpha, target_modules: targets } = json ?? {};
  const isSwitch = (value: unknown): boolean => [true, false, null, undefined].includes(value as boolean);
  const isTarget = (name: unknown): name is LoraTarget => loraTargets.some((target) => target === name);
  if (
    json?.peft_type !== 'LORA' ||
    !Number.isSafeInteger(r) ||
    (r as number) < 1 ||
    !Number.isFinite(alpha) ||
    !Array.isArray(targets) ||
    !targets.every(isTarget) ||
    !isSwitch(json.use_rslora) ||
    !isSwitch(json.use_dora)
  )
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `${file} is not a LoRA configuration with r, lora_alpha, target_modules among ${loraTargets.join(', ')}, and use_rslora and use_dora true or false.`,
      details: { file },
    });
  for (const [key, plain] of Object.entries(plainLora)) {
    const value = json[key] ?? plain;
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (value !== plain && !isEmpty)
      throw new LlmError({
        code: 'model/lora-invalid',
        message: `${file} says ${key}: ${JSON.stringify(value).slice(0, 80)}, and only plain LoRA (${JSON.stringify(plain)}) can be applied. Merge the adapter with PEFT first.`,
        details: { file, key },
      });
  }
  const weights = fileKey(prefix, 'adapter_model.safetensors');
  const tensors = readSafetensors(await store.read(weights), weights);
  const adapters = new Map([...tensors].map(([name, tensor]) => [name.replace(peftPrefix, ''), tensor]));
  const isDecomposed = json.use_dora === true;
  checkPairs(adapters, r as number, isDecomposed, weights);
  return {
    adapters,
    lora: {
      rank: r as number,
      alpha: alpha as number,
      targets,
      ...(json.use_rslora === true && { rankStabilized: true }),
      ...(isDecomposed && { weightDecomposed: true }),
    },
  };
}

/** Every linear layer has A [rank, in] and B [out, rank], with DoRA magnitudes [out], too. */
function checkPairs(
  adapters: ReadonlyMap<string, NamedTensor>,
  rank: number,
  isDecomposed: boolean,
  file: string,
): void {
  const suffix = loraNames('').a;
  const shapeOf = (name: string): readonly number[] => adapters.get(name)?.shape ?? [];
  let pairs = 0;
  for (const name of adapters.keys()) {
    if (!name.endsWith(suffix)) continue;
    const { a, b, magnitude } = loraNames(name.slice(0, -suffix.length));
    pairs++;
    if (
      shapeOf(a).length !== 2 ||
      shapeOf(a)[0] !== rank ||
      shapeOf(b).length !== 2 ||
      shapeOf(b)[1] !== rank
    )
      throw invalid(
        file,
        `holds ${a} [${shapeOf(a)}] and ${b} [${shapeOf(b)}], which are no pair of rank ${rank}`,
      );
    if (isDecomposed && shapeOf(magnitude).join() !== String(shapeOf(b)[0]))
      throw invalid(file, `holds ${magnitude} [${shapeOf(magnitude)}], which has to be [${shapeOf(b)[0]}]`);
  }
  if (pairs === 0 || (isDecomposed ? 3 : 2) * pairs !== adapters.size)
    throw invalid(
      file,
      `holds ${adapters.size} tensors, of which ${2 * pairs} are pairs of lora_A and lora_B`,
    );
}

function invalid(file: string, what: string): LlmError {
  return new LlmError({
    code: 'model/lora-invalid',
    message: `${file} ${what}. Fetch or write the adapter again.`,
    details: { file },
  });
}
