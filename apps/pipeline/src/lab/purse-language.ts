/** One vocabulary for purse problems answered in every style, so that models of all of them are alike. */
import { createRandom } from '@llm/core';
import type { Language } from '../models/open-model.js';
import { labLanguage } from './lab-language.js';
import { type PurseTasks, purseConversation } from './material/purse-problems.js';

export function purseLanguage(tasks: PurseTasks): Promise<Language> {
  const random = createRandom(0, 'purse-language');
  const styles = ['answer-first', 'steps-first', 'calculator'] as const;
  const conversations = styles.flatMap((style) =>
    Array.from({ length: 300 }, () => purseConversation(tasks.draw(random), style)),
  );
  return labLanguage(conversations, 320);
}
