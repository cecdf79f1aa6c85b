export { MemoryStore as MemoryArtifactStore } from '../stores/memory-store.js';
export { ByteTokenizer } from './byte-tokenizer.js';
export { artifactStoreContract } from './contracts/artifact-store-contract.js';
export { conversationRendererContract } from './contracts/conversation-renderer-contract.js';
export { languageModelContract } from './contracts/language-model-contract.js';
export { tokenizerContract } from './contracts/tokenizer-contract.js';
export { trainableModelContract } from './contracts/trainable-model-contract.js';
export { NgramModel } from './ngram-model.js';
export { chatControlTokens, TemplateRenderer } from './template-renderer.js';
