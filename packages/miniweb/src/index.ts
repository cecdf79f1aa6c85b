export { miniwebConversations } from './chat/conversations.js';
export { miniwebTasks } from './chat/tasks.js';
export { isHeldOutPair, isHeldOutWord } from './held-out/held-out.js';
export { miniwebPages, openMiniweb } from './pages/miniweb-pages.js';
export type { MiniwebPage, MiniwebTruth } from './pages/page.js';
export {
  type MiniwebCompletion,
  miniwebCompletions,
  miniwebWordGames,
} from './probes/completions.js';
export {
  judgeAnswer,
  type MiniwebQuestion,
  miniwebInterviews,
  miniwebQuestions,
  type QuestionSet,
  questionSets,
} from './probes/questions.js';
export { duplicateProbability, jaccard, shingles } from './rules/shingles.js';
export { type MiniwebTale, miniwebTales } from './tales/tales.js';
export { miniwebBlocklist } from './web/blocklist.js';
export { type MiniwebFact, miniwebFacts } from './world/facts.js';
