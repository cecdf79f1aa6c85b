/**
 * fastText's lid.176 (176 languages): the compressed model that the `fasttext.wasm.js` package carries, read
 * from disk and run by our own reader of the format, which gives the same labels and scores as that package's
 * WebAssembly build in half the time and without its memory. Loaded once a process; no network. Other models
 * of fastText's format, such as GlotLID's `model.bin`, are read from a path.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { LlmError } from '@llm/core';
import { type FastTextModel, readFastTextModel } from '../../language/fasttext-model.js';
import type { LanguageIdentifier } from '../../language/language-filter.js';
import { loadFastTextModel } from './load-fasttext-model.js';

const modelFile = 'fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz';

let loading: Promise<LanguageIdentifier> | undefined;

/**
 * lid.176, or the model at `path`, whose labels are then the languages (`deu_Latn` of GlotLID, for which
 * `fineWeb2Steps` has thresholds). Throws `data/language-model-missing` when the package's file is not
 * readable, `data/model-missing` and `data/model-unreadable` for a file that is named.
 */
export function loadLanguageIdentifier(path?: string): Promise<LanguageIdentifier> {
  if (path !== undefined) return loadNamed(path);
  loading ??= load();
  return loading;
}

async function loadNamed(path: string): Promise<LanguageIdentifier> {
  const { model, fingerprint } = await loadFastTextModel(path);
  return identifierOf(model, `${basename(path)} ${fingerprint}`);
}

function identifierOf(model: FastTextModel, name: string): LanguageIdentifier {
  return {
    name,
    languages: model.labels,
    scoreOf: (line, language) => model.scores(line)[model.labels.indexOf(language)] ?? 0,
    identify(line) {
      const { label, score } = model.predict(line);
      return { language: label, score };
    },
  };
}

async function load(): Promise<LanguageIdentifier> {
  try {
    const model = readFastTextModel(await readFile(createRequire(import.meta.url).resolve(modelFile)));
    return identifierOf(model, 'lid.176');
  } catch (cause) {
    loading = undefined;
    throw new LlmError({
      code: 'data/language-model-missing',
      message: `Cannot load ${modelFile} (${String(cause)}). Reinstall the dependencies of @llm/data.`,
      cause,
    });
  }
}
