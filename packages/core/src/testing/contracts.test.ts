import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../stores/memory-store.js';
import {
  artifactStoreContract,
  ByteTokenizer,
  chatControlTokens,
  completionContract,
  conversationRendererContract,
  generateOptionsContract,
  languageModelContract,
  NgramModel,
  TemplateRenderer,
  tokenizerContract,
  trainableModelContract,
} from './index.js';

const tools = { test, expect };

describe('ByteTokenizer', () => tokenizerContract(tools, () => new ByteTokenizer()));
describe('MemoryStore', () => artifactStoreContract(tools, () => new MemoryStore()));
describe('NgramModel', () => {
  languageModelContract(tools, () => new NgramModel(12, 16));
  generateOptionsContract(tools, () => new NgramModel(12, 16));
  trainableModelContract(tools, () => new NgramModel(12, 16), 5);
});
describe('TemplateRenderer', () => {
  const create = () => {
    const tokenizer = new ByteTokenizer(chatControlTokens);
    return { tokenizer, renderer: new TemplateRenderer(tokenizer) };
  };
  conversationRendererContract(tools, create);
  completionContract(tools, create);
});
