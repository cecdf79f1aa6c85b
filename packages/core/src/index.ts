export type { ArtifactStore } from './artifact-store.js';
export type {
  Conversation,
  ConversationRenderer,
  Message,
  ParsedCompletion,
  Part,
  RenderedConversation,
  Role,
  TextPart,
  ToolCallPart,
} from './conversation.js';
export { messageText, textMessage } from './conversation.js';
export type { Document } from './document.js';
export type { LlmErrorOptions } from './errors.js';
export { LlmError, throwIfAborted } from './errors.js';
export type { JsonValue } from './json.js';
export type {
  Completion,
  GenerateOptions,
  LanguageModel,
  ScoreBatch,
  TokenLogProbability,
} from './language-model.js';
export type { Random } from './random.js';
export { createRandom } from './random.js';
export type { RunEvent, RunEventListener, RunOptions } from './run-event.js';
export { emit } from './run-event.js';
export type { Task, TaskSet, Tool } from './task.js';
export type { Tokenizer } from './tokenizer.js';
export type {
  NamedTensor,
  OptimizerStep,
  StepResult,
  TokenBatch,
  TrainableModel,
  TrainingSnapshot,
} from './trainable-model.js';
