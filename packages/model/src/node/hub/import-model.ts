/** A model to import, wherever it is: `importModel('hf:owner/name')` or `importModel('./a/folder')`. */
import { DirectoryStore } from '@llm/core/node';
import { type ImportedModel, importHuggingFace } from '../../hugging-face/import-model.js';
import { type DownloadModelOptions, downloadModel } from './download-model.js';
import { isHubAddress } from './hub-address.js';

/** Throws what `downloadModel` and `importHuggingFace` throw. */
export async function importModel(
  source: string,
  options: DownloadModelOptions = {},
): Promise<ImportedModel> {
  const directory = isHubAddress(source) ? (await downloadModel(source, options)).directory : source;
  return importHuggingFace(new DirectoryStore(directory), '');
}
