// Decodes greedily with one engine and posts how fast. Query: engine, model (an address), dtype, threads,
// tokens. Engines are loaded when they are asked for, so that each has the page for itself.
import type { PageDecoding } from '../../suites/page.js';

const query = new URLSearchParams(location.search);
const model = new URL(query.get('model')!, location.href).href;
const dtype = query.get('dtype')!;
const threads = Number(query.get('threads'));
const newTokens = Number(query.get('tokens'));
/** "Once upon a time, there was a", in SmolLM2's vocabulary. */
const smolLM2 = { text: 'Once upon a time, there was a', ids: [6403, 3535, 253, 655, 28, 665, 436, 253] };
const given = query.get('prompt');
const prompt = given === null ? smolLM2 : (JSON.parse(given) as typeof smolLM2);
/** What would end the answer early. */
const endToken = Number(query.get('end') ?? 2);

// Every heap of a runtime that is made in this thread.
const heaps: WebAssembly.Memory[] = [];
const Memory = WebAssembly.Memory;
WebAssembly.Memory = class extends Memory {
  constructor(description: WebAssembly.MemoryDescriptor) {
    super(description);
    heaps.push(this);
  }
};

interface Engine {
  readonly version: string;
  /** Calls `onToken` after each new token; the first comes with the prompt. */
  generate(onToken: () => void): Promise<unknown>;
}

const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  async ours() {
    const { createWasmExecutor } = await import('@llm/graph/web');
    const { MemoryStore } = await import('@llm/core/stores');
    const { artifactSource, importGguf } = await import('@llm/model/gguf');
    const { createTransformer } = await import('@llm/model');
    const store = new MemoryStore();
    await store.write('model.gguf', new Uint8Array(await (await fetch(model)).arrayBuffer()));
    const source = await artifactSource(store, 'model.gguf');
    const { config, parameters } = await importGguf(source, { quantized: dtype !== 'float32' });
    await store.delete('model.gguf');
    const made = await createTransformer({ config, parameters, executor: createWasmExecutor({ threads }) });
    const ids = Int32Array.from(prompt.ids);
    return {
      version: '',
      generate: (onToken) => made.generate([ids], { maxNewTokens: newTokens, temperature: 0, onToken }),
    };
  },
  async wllama() {
    const { Wllama } = await import('@wllama/wllama');
    const { default: binary } = await import('@wllama/wllama/esm/wasm/wllama.wasm?url');
    const wllama = new Wllama({ default: new URL(binary, location.href).href }, { suppressNativeLog: true });
    const file = await (await fetch(model)).blob();
    await wllama.loadModel([file], { n_threads: threads, n_gpu_layers: 0, n_ctx: 512 });
    return {
      version: `${Wllama.getLibllamaVersion()}`,
      generate: (onToken) =>
        wllama.createCompletion({
          prompt: prompt.text,
          max_tokens: newTokens,
          temperature: 0,
          logit_bias: [{ token: endToken, bias: -100 }] as never,
          stream: true,
          onData: ({ choices }) => {
            if (choices[0]?.text) onToken();
          },
        }),
    };
  },
  async 'transformers.js'() {
    const { AutoModelForCausalLM, env, Tensor } = await import('@huggingface/transformers');
    const { default: mjs } = await import('transformers-runtime/ort-wasm-simd-threaded.asyncify.mjs?url');
    const { default: wasm } = await import('transformers-runtime/ort-wasm-simd-threaded.asyncify.wasm?url');
    const address = (path: string): string => new URL(path, location.href).href;
    env.backends.onnx.wasm!.wasmPaths = { mjs: address(mjs), wasm: address(wasm) };
    env.backends.onnx.wasm!.numThreads = threads;
    Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, useBrowserCache: false });
    env.localModelPath = new URL('.', model).href;
    const name = model.split('/').at(-1)!;
    const made = await AutoModelForCausalLM.from_pretrained(name, {
      dtype: dtype as 'q8' | 'q4',
      device: 'wasm',
    });
    const ids = BigInt64Array.from(prompt.ids, BigInt);
    const shape = [1, ids.length];
    return {
      version: env.version,
      generate: (onToken) => {
        let calls = 0;
        const options = {
          inputs: new Tensor('int64', ids, shape),
          attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
          max_new_tokens: newTokens,
          do_sample: false,
          eos_token_id: null,
          // The first call hands over the prompt.
          streamer: { put: () => void (calls++ > 0 && onToken()), end() {} },
        };
        return made.generate(options as unknown as Parameters<typeof made.generate>[0]);
      },
    };
  },
};

const begun = performance.now();
const engine = await engines[query.get('engine')!]!();
const seconds: number[] = [];
const rates: number[] = [];
let loadSeconds = 0;
let tokens = 0;
for (let run = 0; run < 4; run++) {
  const times: number[] = [];
  await engine.generate(() => times.push(performance.now()));
  // The first run warms up.
  if (run === 0) loadSeconds = ((times[0] ?? 0) - begun) / 1000;
  else {
    rates.push((1000 * (times.length - 1)) / (times.at(-1)! - times[0]!));
    for (let i = 1; i < times.length; i++) seconds.push((times[i]! - times[i - 1]!) / 1000);
  }
  tokens = times.length;
}
seconds.sort((a, b) => a - b);
const result: PageDecoding = {
  version: engine.version,
  tokens,
  isolated: crossOriginIsolated,
  rate: Math.max(...rates),
  undisturbedRate: 1 / seconds[Math.floor(seconds.length / 10)]!,
  firstTokenSeconds: loadSeconds,
  heapMegabytes: heaps.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) / 1e6,
};
await fetch('/report', { method: 'POST', body: JSON.stringify(result) });
