/** A folder of Hugging Face with a model of random weights that chats in the app's own format. */
import { DirectoryStore } from '@llm/core/node';
import { createModelConfig, initialParameters } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import {
  chatSpecialTokens,
  chatTemplate,
  toTokenizerJson,
  trainTokenizer,
  writeTokenizerConfig,
} from '@llm/tokenizer';

export async function writeTinyModel(
  folder: string,
  text = 'the cat sat on the mat, the end. ',
): Promise<void> {
  const tokenizer = await trainTokenizer([text.repeat(20)], {
    vocabularySize: 300,
    specialTokens: chatSpecialTokens,
    pattern: 'llama3',
  });
  const { vocabularySize } = tokenizer;
  const sizes = { depth: 2, width: 64, headWidth: 32, contextLength: 96 };
  const config = createModelConfig({ ...sizes, vocabularySize });
  const id = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`) as number;
  await exportHuggingFace(new DirectoryStore(folder), '', {
    config,
    parameters: initialParameters(config, 7),
    specialTokens: { bos: id('bos'), eos: id('assistant_end') },
    tokenizerFiles: {
      'tokenizer.json': toTokenizerJson(tokenizer),
      'tokenizer_config.json': writeTokenizerConfig({
        chatTemplate,
        tokens: { bos_token: '<|bos|>', eos_token: '<|assistant_end|>' },
      }),
    },
  });
}
