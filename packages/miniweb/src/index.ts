export { type MiniwebBlocklist, miniwebBlocklist } from './blocklist.js';
export { type ConversationOptions, miniwebConversations } from './chat/conversations.js';
export { miniwebTasks, type TaskOptions } from './chat/tasks.js';
export type { PersonalData } from './content/block.js';
export { type MiniwebOptions, miniwebPages, openMiniweb } from './miniweb-pages.js';
export type { MiniwebPage, MiniwebTruth, PipelineStep } from './page.js';
export { duplicateProbability, jaccard, shingles, simplify } from './rules/shingles.js';
export { type MiniwebFact, miniwebFacts } from './world/facts.js';
export { isHeldOutPair, isHeldOutWord } from './world/held-out.js';
