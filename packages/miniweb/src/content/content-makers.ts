/** One maker for each kind of content worth keeping. */
import type { Random } from '@llm/core';
import type { FactBook } from '../world/facts.js';
import { almanacPage } from './almanac.js';
import { arithmeticLesson } from './arithmetic-lesson.js';
import type { Content } from './block.js';
import { encyclopediaArticle } from './encyclopedia.js';
import { forumThread } from './forum.js';
import { newsReport } from './news.js';
import { questionPage } from './questions.js';
import { quizPage } from './quiz.js';
import { readingExercise } from './reading-exercise.js';
import { recipe } from './recipe.js';
import { registerPage } from './register.js';
import { spellingLesson } from './spelling-lesson.js';
import { story } from './story.js';
import { wordGame } from './word-game.js';

export const contentMakers = {
  encyclopedia: encyclopediaArticle,
  story,
  'arithmetic-lesson': arithmeticLesson,
  'spelling-lesson': spellingLesson,
  questions: questionPage,
  recipe,
  news: newsReport,
  forum: forumThread,
  almanac: almanacPage,
  quiz: quizPage,
  'reading-exercise': readingExercise,
  register: registerPage,
  'word-game': wordGame,
} as const satisfies Record<string, (book: FactBook, random: Random) => Content>;

export type ContentKind = keyof typeof contentMakers;
