export type { ArtifactStore } from './artifact-store.js';
export { checkGenerateOptions } from './check-generate-options.js';
export { checkChoice, checkNumber, checkNumbers } from './check-option.js';
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
export { describeValue } from './describe-value.js';
export type { Document } from './document.js';
export type { LlmErrorOptions } from './errors.js';
export { LlmError, throwIfAborted } from './errors.js';
export { fitPrompt } from './fit-prompt.js';
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
export { isToolName, renderableParts } from './renderable-parts.js';
export type { RunEvent, RunEventListener, RunOptions } from './run-event.js';
export { emit } from './run-event.js';
export { countByReason, describeSkipped } from './skipped.js';
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
