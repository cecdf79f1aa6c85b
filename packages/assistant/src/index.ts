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
