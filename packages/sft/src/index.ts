export type { BatchSource, BatchSourceOptions } from './batch-source.js';
export { createBatchSource } from './batch-source.js';
export { bestFitDecreasing } from './best-fit-decreasing.js';
export type { ChatPrompt, ChatReport, ChatSample, EvaluateChatOptions } from './evaluate-chat.js';
export { evaluateChat } from './evaluate-chat.js';
export type { FineTuneOptions, FineTuneReport } from './fine-tune.js';
export { fineTune } from './fine-tune.js';
export type { HeldOutLoss, HeldOutLossOptions } from './held-out-loss.js';
export { heldOutLoss } from './held-out-loss.js';
export type { ConversationSource } from './mix-conversations.js';
export { mixConversations } from './mix-conversations.js';
export type {
  PackedConversations,
  RenderedConversations,
  RenderOptions,
  SkippedConversation,
} from './pack-conversations.js';
export { layOutRows, packConversations, renderConversations } from './pack-conversations.js';
export { parseConversationRow } from './parse-conversation-row.js';
export type { ReadConversations, ReadConversationsOptions, SkippedLine } from './read-conversations.js';
export { readConversations } from './read-conversations.js';
