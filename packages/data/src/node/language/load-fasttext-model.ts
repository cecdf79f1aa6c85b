/**
 * A fastText model from disk: the file is read once into memory and used where it lies, so that a model of
 * 1.7 GB (GlotLID) takes 1.7 GB and its dictionary. Each worker thread loads its own.
 */

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { LlmError } from '@llm/core';
import { type FastTextModel, labelIndex, readFastTextModel } from '../../language/fasttext-model.js';
import { checkOptions } from '../../page/check-options.js';
import type { TextScorer } from '../../quality/quality-filter.js';

export interface LoadedModel {
  readonly model: FastTextModel;
  /** SHA-256 of the file, its first 16 digits. */
  readonly fingerprint: string;
}

const pieceBytes = 64 * 1024 * 1024;

/** Throws `data/model-missing`, `data/model-unreadable`. */
export async function loadFastTextModel(path: string): Promise<LoadedModel> {
  const bytes = await readModelFile(path);
  const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  try {
    return { model: readFastTextModel(bytes, { mayOverwrite: true }), fingerprint };
  } catch (cause) {
    if (!LlmError.isInstance(cause)) throw cause;
    throw new LlmError({
      code: cause.code,
      message: `${path}: ${cause.message}`,
      details: { ...cause.details, path },
      cause,
    });
  }
}

/** `readFile` takes 2 GiB at most. */
async function readModelFile(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new LlmError({
      code: 'data/model-missing',
      message: `Cannot read the model ${path} (${cause.code ?? 'unknown'}). Check the path.`,
      details: { path },
      cause,
    });
  });
  try {
    const bytes = new Uint8Array((await file.stat()).size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(pieceBytes, bytes.length - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

export interface FastTextScorerOptions {
  /** A supervised model, `.bin` or `.ftz`. */
  readonly path: string;
  /** The label whose probability is the score, with or without `__label__`. */
  readonly label: string;
  /** Field of the metadata. Default: the file's name. */
  readonly name?: string | undefined;
}

/**
 * A fastText classifier of quality, as those of DCLM or datatrove's
 * `FastTextClassifierFilter`: the text on one line, the probability of a label.
 * Throws `data/model-missing`, `data/model-unreadable`, `data/label-missing`.
 */
export async function loadFastTextScorer(options: FastTextScorerOptions): Promise<TextScorer> {
  checkOptions('loadFastTextScorer', options, { path: 'text!', label: 'text!', name: 'text' });
  const { path, label, name = basename(path) } = options;
  const { model, fingerprint } = await loadFastTextModel(path);
  const index = labelIndex(model, label);
  return {
    name,
    fingerprint: `${fingerprint} ${label}`,
    score: (text) => model.scores(text.replaceAll('\n', ' '))[index]!,
  };
}
