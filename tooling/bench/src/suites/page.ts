/**
 * SmolLM2-135M-Instruct decoding in headless Chromium, WebAssembly on 2 threads: ours against wllama on the
 * same files, and against transformers.js on the same weights as our export writes them. BENCH_THREADS
 * (default 2); BENCH_TOKENS (48); BENCH_REAL_MODEL is another GGUF file with SmolLM2's vocabulary. On a
 * machine that is busy otherwise two threads that wait for each other say nothing: take one.
 */
import { createReadStream, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { realModelPath, smolLM2 } from '@llm/build/real-models';
import { DirectoryStore } from '@llm/core/node';
import { exportOnnx, ggufParts } from '@llm/model/export';
import { artifactSource, importGguf } from '@llm/model/gguf';
import { type BenchRow, benchRow } from '../row.js';

/** What a page measured. */
export interface PageDecoding {
  readonly version: string;
  /** New ones of a run. */
  readonly tokens: number;
  readonly isolated: boolean;
  /** Tokens per second after the first, the best of three runs. */
  readonly rate: number;
  /** From the tenth of tokens that came fastest: what a busy machine leaves comparable. */
  readonly undisturbedRate: number;
  /** From the begin of loading (the file is on this machine) to the first token. */
  readonly firstTokenSeconds: number;
  /** Of the WebAssembly heaps that the page's own thread made. */
  readonly heapMegabytes: number;
}

const threads = Number(process.env.BENCH_THREADS ?? 2);
const tokens = Number(process.env.BENCH_TOKENS ?? 48);

export async function pageSuite(): Promise<BenchRow[]> {
  const chromium = findChromium('The bench of decoding in a page');
  const file = process.env.BENCH_REAL_MODEL ?? realModelPath(smolLM2);
  if (chromium === undefined || file === undefined) {
    console.error('page: needs Chromium and a model; bash tooling/oracles/install-smollm2.sh');
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  try {
    await writeModels(file, directory);
    return await measure(chromium, basename(file, '.gguf'), directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The file itself, the same in Q8_0 and Q4_0, and the folder of transformers.js in q8. */
async function writeModels(file: string, directory: string): Promise<void> {
  const source = await artifactSource(new DirectoryStore(dirname(file)), basename(file));
  const { config, parameters, tokenizer, specialTokens } = await importGguf(source);
  symlinkSync(file, join(directory, 'stored.gguf'));
  for (const dtype of ['q8_0', 'q4_0'] as const) {
    const path = join(directory, `${dtype}.gguf`);
    writeFileSync(path, '');
    for (const part of ggufParts({ config, parameters, tokenizer, specialTokens, dtype }))
      writeFileSync(path, part, { flag: 'a' });
  }
  await exportOnnx(new DirectoryStore(directory), 'folder', { config, parameters, dtypes: ['q8'] });
}

async function measure(chromium: string, name: string, directory: string): Promise<BenchRow[]> {
  const decode = (engine: string, model: string, dtype: string): Promise<PageDecoding> =>
    decodeInPage(chromium, directory, { engine, model: `/models/${model}`, dtype });
  const ours = {
    stored: await decode('ours', 'stored.gguf', 'as stored'),
    q8: await decode('ours', 'q8_0.gguf', 'as stored'),
    q4: await decode('ours', 'q4_0.gguf', 'as stored'),
    float32: await decode('ours', 'stored.gguf', 'float32'),
  };
  const wllama = {
    stored: await decode('wllama', 'stored.gguf', ''),
    q8: await decode('wllama', 'q8_0.gguf', ''),
    q4: await decode('wllama', 'q4_0.gguf', ''),
  };
  // Its WebAssembly build refuses our q4 file: no kernel for GatherBlockQuantized.
  const transformersJs = { q8: await decode('transformers.js', 'folder', 'q8') };
  const wllamaName = `wllama 3.13.0 (llama.cpp ${wllama.stored.version})`;
  const otherName = `transformers.js ${transformersJs.q8.version}`;
  const rows = (what: string, found: PageDecoding, peerName: string, peer: PageDecoding): BenchRow[] => {
    const common = {
      suite: 'page',
      case: `${name}, ${what}, WebAssembly in Chromium, ${threads} threads`,
      peerName,
    };
    const note = `${found.tokens} and ${peer.tokens} tokens, isolated ${found.isolated} and ${peer.isolated}`;
    const metrics: readonly (readonly [keyof PageDecoding, string, string, boolean])[] = [
      ['rate', 'decode', 'tokens/s', true],
      ['undisturbedRate', 'decode, the fastest tenth of tokens', 'tokens/s', true],
      ['firstTokenSeconds', 'from the file to the first token', 's', false],
      ['heapMegabytes', 'WebAssembly heap', 'MB', false],
    ];
    return metrics.map(([key, metric, unit, higherIsBetter]) =>
      benchRow({
        ...common,
        metric,
        unit,
        ours: Number(found[key]),
        peer: seen(key, peer),
        higherIsBetter,
        note: seen(key, peer) === null ? 'not seen from the page' : note,
      }),
    );
  };
  return [
    ...rows('the file as it is', ours.stored, wllamaName, wllama.stored),
    ...rows('q8', ours.q8, wllamaName, wllama.q8),
    ...rows('q4', ours.q4, wllamaName, wllama.q4),
    ...rows('q8', ours.q8, otherName, transformersJs.q8),
    ...rows('float32, peer: the file as it is', ours.float32, wllamaName, wllama.stored),
  ];
}

/** wllama's heap is made in its worker; what it makes in the page is a page of memory to try threads. */
function seen(key: keyof PageDecoding, found: PageDecoding): number | null {
  return key === 'heapMegabytes' && found.heapMegabytes < 1 ? null : Number(found[key]);
}

/** Query: engine, model, dtype; `prompt`: JSON of text and ids, of a model with a vocabulary of its own. */
export async function decodeInPage(
  chromium: string,
  directory: string,
  query: Readonly<Record<string, string>>,
): Promise<PageDecoding> {
  const runtime = fileURLToPath(
    new URL(
      '../../../../node_modules/@huggingface/transformers/node_modules/onnxruntime-web/dist/',
      import.meta.url,
    ),
  );
  const parameters = new URLSearchParams({ ...query, threads: `${threads}`, tokens: `${tokens}` });
  const found = (await openInChromium({
    chromium,
    root: fileURLToPath(new URL('../pages/decode/', import.meta.url)),
    page: `?${parameters}`,
    bundled: true,
    webgpu: false,
    timeout: 600_000,
    vite: {
      resolve: { alias: { 'transformers-runtime': runtime } },
      plugins: [
        {
          name: 'models',
          configurePreviewServer: ({ middlewares }) => void middlewares.use('/models', serveFrom(directory)),
        },
      ],
    },
  })) as PageDecoding;
  console.error(`page: ${query.engine} ${query.model} ${query.dtype}: ${JSON.stringify(found)}`);
  return found;
}

function serveFrom(directory: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = join(directory, decodeURIComponent(new URL(request.url!, 'http://localhost').pathname));
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry === undefined || !path.startsWith(directory)) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-length': entry.size });
      createReadStream(path).pipe(response);
    }
  };
}
