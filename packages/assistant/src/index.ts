export type {
  AnswerOptions,
  AnswerPart,
  Assistant,
  ChatMessage,
  ChatOptions,
  ChatTool,
  SamplingChoice,
  TokenReport,
  ToolCall,
} from './assistant.js';
export type { AssistantParts } from './create-assistant.js';
export { createAssistant } from './create-assistant.js';
