export { mixConversations } from './conversations/mix-conversations.js';
export { readConversations } from './conversations/read-conversations.js';
export { readPreferences } from './conversations/read-preferences.js';
export { evaluateChat } from './evaluation/evaluate-chat.js';
export { heldOutLoss } from './evaluation/held-out-loss.js';
export { createBatchSource } from './packing/batch-source.js';
export { packConversations } from './packing/pack-conversations.js';
export { fineTune } from './training/fine-tune.js';
