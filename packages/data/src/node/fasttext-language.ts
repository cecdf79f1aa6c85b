/**
 * fastText's lid.176 (176 languages): the compressed model that the `fasttext.wasm.js` package carries, run by its
 * WebAssembly build of fastText. Loaded once a process, from disk, without a network. A line ends with a newline, as
 * fastText's own bindings give it, so that its end-of-sentence token counts.
 */
import { LlmError } from '@llm/core';
import { getLIDModel } from 'fasttext.wasm.js';
import type { LanguageIdentifier } from '../language.js';

/** What the package's `predict` really returns: a C++ vector that must be freed. */
interface PredictionVector {
  get(index: number): [score: number, label: string];
  size(): number;
  delete(): void;
}

let loading: Promise<LanguageIdentifier> | undefined;

/** Throws `data/language-model-missing` when the package's files are not readable. */
export function loadLanguageIdentifier(): Promise<LanguageIdentifier> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LanguageIdentifier> {
  try {
    const model = await (await getLIDModel()).load();
    return {
      identify(line) {
        const vector = model.predict(`${line}\n`, 1, 0) as unknown as PredictionVector;
        try {
          if (vector.size() === 0) return { language: 'unknown', score: 0 };
          const [score, label] = vector.get(0);
          return { language: label.replace('__label__', ''), score: Math.min(1, score) };
        } finally {
          vector.delete();
        }
      },
    };
  } catch (cause) {
    loading = undefined;
    throw new LlmError({
      code: 'data/language-model-missing',
      message: `Cannot load the language model of the fasttext.wasm.js package (${String(cause)}). Reinstall @llm/data's dependencies.`,
      cause,
    });
  }
}
