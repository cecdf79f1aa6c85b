/** transformers.js on the ONNX export in `directory`, in this process: the same runtime as ours. One row. */
import { measureSampling, type Sampling } from '../sampling.js';

export interface TransformersJs {
  readonly version: string;
  sample(greedy: boolean): Promise<Sampling>;
}

export async function openTransformersJs(
  directory: string,
  options: {
    readonly prompt: number;
    readonly newTokens: number;
    readonly threads: number;
    /** Default fp32. */
    readonly dtype?: 'fp32' | 'q8' | 'q4' | undefined;
  },
): Promise<TransformersJs> {
  const { AutoModelForCausalLM, env, Tensor } = await import('@huggingface/transformers');
  env.localModelPath = directory;
  env.allowRemoteModels = false;
  const model = await AutoModelForCausalLM.from_pretrained('model', {
    dtype: options.dtype ?? 'fp32',
    device: 'cpu',
    session_options: { intraOpNumThreads: options.threads },
  });
  const { prompt, newTokens } = options;
  const ids = BigInt64Array.from({ length: prompt }, (_, i) => BigInt(i));
  return {
    version: env.version,
    sample: (greedy) =>
      measureSampling(3, async () => {
        await model.generate({
          inputs: new Tensor('int64', ids, [1, prompt]),
          attention_mask: new Tensor('int64', new BigInt64Array(prompt).fill(1n), [1, prompt]),
          max_new_tokens: newTokens,
          do_sample: !greedy,
          top_k: 0,
          eos_token_id: null,
        } as unknown as Parameters<typeof model.generate>[0]);
        return newTokens;
      }),
  };
}
