export { ByteTokenizer } from './byte-tokenizer.js';
export type { ContractTools } from './contracts.js';
export {
  artifactStoreContract,
  conversationRendererContract,
  languageModelContract,
  tokenizerContract,
  trainableModelContract,
} from './contracts.js';
export { MemoryArtifactStore } from './memory-artifact-store.js';
export { NgramModel } from './ngram-model.js';
export { chatControlTokens, TemplateRenderer } from './template-renderer.js';
