/**
 * A regression of quality over a transformer of BERT's family, exported to ONNX and run by ONNX Runtime:
 * FineWeb-Edu's classifier (`HuggingFaceFW/fineweb-edu-classifier`) where its files are given. A folder holds
 * `model.onnx` (or `onnx/model.onnx`) and `tokenizer.json`, as `optimum` and the hub lay them out.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkNumber, LlmError } from '@llm/core';
import { checkOptions } from '../../page/check-options.js';
import type { TextScorer } from '../../quality/quality-filter.js';
import { readWordPiece } from '../../quality/word-piece.js';

export interface OnnxScorerOptions {
  /** The folder. */
  readonly path: string;
  /** Of a text, those of the template included; the rest of it is not looked at. Default 512. */
  readonly maximumTokens?: number | undefined;
  /** Threads of ONNX Runtime; workers of the pipeline each load a model. Default 1. */
  readonly threads?: number | undefined;
  /** Field of the metadata. Default `eduScore`. */
  readonly name?: string | undefined;
}

const inputNames = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * Throws `data/model-missing`, `data/tokenizer-unreadable`, `data/model-unreadable` for what is no regression
 * over such inputs, `data/runtime-missing` where onnxruntime-node is not installed.
 */
export async function loadOnnxScorer(options: OnnxScorerOptions): Promise<TextScorer> {
  checkOptions('loadOnnxScorer', options, {
    ...({ path: 'text!', maximumTokens: 'any', threads: 'any', name: 'text' } as const),
  });
  const { path, maximumTokens = 512, threads = 1, name = 'eduScore' } = options;
  checkNumber('maximumTokens', maximumTokens, { minimum: 3, integer: true });
  checkNumber('threads', threads, { minimum: 1, integer: true });
  const model = ['model.onnx', 'onnx/model.onnx']
    .map((file) => join(path, file))
    .find((file) => existsSync(file));
  const tokenizer = join(path, 'tokenizer.json');
  if (model === undefined || !existsSync(tokenizer))
    throw new LlmError({
      code: 'data/model-missing',
      message: `${path} holds no ${model === undefined ? 'model.onnx' : 'tokenizer.json'}. Export the classifier to ONNX (optimum-cli export onnx --model HuggingFaceFW/fineweb-edu-classifier --task text-classification ${basename(path)}) and name that folder.`,
      details: { path },
    });
  const json = await readFile(tokenizer, 'utf8');
  const encoder = readWordPiece(json);
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(resolve(model), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  }).catch((cause: unknown) => {
    throw unreadable(model, `ONNX Runtime does not load it (${(cause as Error).message})`, cause);
  });
  const strange = session.inputNames.find((input) => !inputNames.includes(input));
  if (strange !== undefined) throw unreadable(model, `it asks for the input ${strange}`);
  const output = session.outputNames[0]!;
  return {
    name,
    fingerprint: await fingerprintOf(model, json, maximumTokens),
    async score(text) {
      const ids = encoder.encode(text, maximumTokens);
      const filled = (value: (id: number) => number) =>
        new Tensor(
          'int64',
          BigInt64Array.from(ids, (id) => BigInt(value(id))),
          [1, ids.length],
        );
      const feeds = {
        input_ids: filled((id) => id),
        attention_mask: filled(() => 1),
        token_type_ids: filled(() => 0),
      };
      const wanted = Object.fromEntries(
        Object.entries(feeds).filter(([input]) => session.inputNames.includes(input)),
      );
      const { [output]: scores } = await session.run(wanted);
      const data = scores?.data as Float32Array | undefined;
      if (data?.length !== 1)
        throw unreadable(
          model,
          `it gives ${data?.length ?? 'no'} numbers for a text, where one score is wanted`,
        );
      return data[0]!;
    },
  };
}

async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new LlmError({
      code: 'data/runtime-missing',
      message:
        'A classifier in ONNX runs on onnxruntime-node, which is not installed: npm install onnxruntime-node',
      cause,
    });
  }
}

async function fingerprintOf(model: string, tokenizer: string, maximumTokens: number): Promise<string> {
  const hash = createHash('sha256').update(await readFile(model));
  return hash.update(`\n${maximumTokens}\n${tokenizer}`).digest('hex').slice(0, 16);
}

const unreadable = (path: string, why: string, cause?: unknown): LlmError =>
  new LlmError({
    code: 'data/model-unreadable',
    message: `${path} is no classifier that gives a text one score: ${why}.`,
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
