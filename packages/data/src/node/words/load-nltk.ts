import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { type NltkEnglish, nltkEnglish } from '../../words/nltk/nltk-english.js';
import { type PunktFiles, punktFiles, readPunktParameters } from '../../words/nltk/punkt-parameters.js';

/**
 * Words and sentences of English as NLTK 3.8 cuts them, with Punkt's parameters from a folder of NLTK's
 * `punkt_tab`, such as `nltk_data/tokenizers/punkt_tab/english`. Throws `data/punkt-missing`,
 * `data/punkt-invalid`.
 */
export async function loadNltk(folder: string): Promise<NltkEnglish> {
  const files = await Promise.all(
    punktFiles.map(async (name) => [name, await readText(folder, name)] as const),
  );
  return nltkEnglish(readPunktParameters(Object.fromEntries(files) as PunktFiles));
}

function readText(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new LlmError({
      code: 'data/punkt-missing',
      message: `Cannot read ${join(folder, name)} (${cause.code ?? 'unknown'}). Give the folder english of NLTK's punkt_tab (python -m nltk.downloader punkt_tab puts it under nltk_data/tokenizers/punkt_tab).`,
      details: { path: join(folder, name) },
      cause,
    });
  });
}
