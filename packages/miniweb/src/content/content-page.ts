/** One entry for all content worth keeping. */
import type { Random } from '@llm/core';
import type { ContentKind } from '../deck.js';
import type { SiteGroup } from '../html/site.js';
import type { FactBook } from '../world/facts.js';
import type { Content } from './block.js';
import { encyclopediaArticle } from './encyclopedia.js';
import { forumThread } from './forum.js';
import { arithmeticLesson, spellingLesson } from './lessons.js';
import { newsReport } from './news.js';
import { questionPage } from './questions.js';
import { recipe } from './recipe.js';
import { story } from './story.js';

interface ContentMaker {
  readonly group: SiteGroup;
  make(book: FactBook, random: Random): Content;
}

export const contentMakers: Readonly<Record<ContentKind, ContentMaker>> = {
  encyclopedia: { group: 'encyclopedia', make: encyclopediaArticle },
  story: { group: 'stories', make: story },
  'arithmetic-lesson': { group: 'lessons', make: arithmeticLesson },
  'spelling-lesson': { group: 'lessons', make: spellingLesson },
  questions: { group: 'questions', make: questionPage },
  recipe: { group: 'recipes', make: recipe },
  news: { group: 'news', make: newsReport },
  forum: { group: 'forum', make: forumThread },
};
