/**
 * fastText's lid.176 (176 languages): the compressed model that the `fasttext.wasm.js` package carries, read
 * from disk and run by our own reader of the format, which gives the same labels and scores as that package's
 * WebAssembly build in half the time and without its memory. Loaded once a process; no network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { LlmError } from '@llm/core';
import { readFastTextModel } from '../../language/fasttext-model.js';
import type { LanguageIdentifier } from '../../language/language-filter.js';

const modelFile = 'fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz';

let loading: Promise<LanguageIdentifier> | undefined;

/** Throws `data/language-model-missing` when the package's file is not readable. */
export function loadLanguageIdentifier(): Promise<LanguageIdentifier> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LanguageIdentifier> {
  try {
    const model = readFastTextModel(await readFile(createRequire(import.meta.url).resolve(modelFile)));
    return {
      name: 'lid.176',
      identify(line) {
        const { label, score } = model.predict(line);
        return { language: label, score };
      },
    };
  } catch (cause) {
    loading = undefined;
    throw new LlmError({
      code: 'data/language-model-missing',
      message: `Cannot load ${modelFile} (${String(cause)}). Reinstall the dependencies of @llm/data.`,
      cause,
    });
  }
}
