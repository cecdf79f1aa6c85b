export { checkArtifactKey } from './contracts/artifact-key.js';
export type { ArtifactStore } from './contracts/artifact-store.js';
export { checkByteRange } from './contracts/byte-range.js';
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
} from './contracts/conversation.js';
export { messageText, textMessage } from './contracts/conversation.js';
export type { Document } from './contracts/document.js';
export type { JsonValue } from './contracts/json.js';
export type {
  Completion,
  GenerateOptions,
  LanguageModel,
  ScoreBatch,
  ScoringModel,
  TokenLogProbability,
  TokenScores,
} from './contracts/language-model.js';
export type { RunEvent, RunEventListener, RunOptions } from './contracts/run-event.js';
export { emit } from './contracts/run-event.js';
export type { Task, TaskSet, Tool } from './contracts/task.js';
export type { Tokenizer } from './contracts/tokenizer.js';
export type {
  NamedTensor,
  OptimizerStep,
  StepResult,
  TokenBatch,
  TrainableModel,
  TrainingSnapshot,
  ValueModel,
} from './contracts/trainable-model.js';
export { fitPrompt } from './conversations/fit-prompt.js';
export { isToolName, renderableParts } from './conversations/renderable-parts.js';
export { countByReason, describeSkipped } from './conversations/skipped.js';
export type { CurveColumns } from './curves/bounded-curve.js';
export { BoundedCurve } from './curves/bounded-curve.js';
export type { JsonEndpointOptions } from './endpoint/json-endpoint.js';
export { createJsonEndpoint } from './endpoint/json-endpoint.js';
export type { LlmErrorOptions } from './errors.js';
export { LlmError, throwIfAborted } from './errors.js';
export { adjustScores, adjustsScores } from './options/adjust-scores.js';
export { checkGenerateOptions } from './options/check-generate-options.js';
export { checkChoice, checkNumber, checkNumbers } from './options/check-option.js';
export { describeValue } from './options/describe-value.js';
export type { Random } from './random.js';
export { createRandom } from './random.js';
