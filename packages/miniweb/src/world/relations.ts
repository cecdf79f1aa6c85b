/**
 * What the text files know of each type of subject: its
 * relations, and how each is stated, asked and answered.
 */
import animal from '../texts/facts/animal.json' with { type: 'json' };
import craft from '../texts/facts/craft.json' with { type: 'json' };
import festival from '../texts/facts/festival.json' with { type: 'json' };
import food from '../texts/facts/food.json' with { type: 'json' };
import lake from '../texts/facts/lake.json' with { type: 'json' };
import mountain from '../texts/facts/mountain.json' with { type: 'json' };
import person from '../texts/facts/person.json' with { type: 'json' };
import river from '../texts/facts/river.json' with { type: 'json' };
import town from '../texts/facts/town.json' with { type: 'json' };

/** Patterns. */
export interface Wordings {
  readonly statements: readonly string[];
  /** Name the subject alone: they are asked of names that nothing bears, too. */
  readonly questions: readonly string[];
  /** The short answer of a conversation. */
  readonly answer: string;
  /** What is asked, for a sentence that says it is not known: "the river of $s". */
  readonly topic: string;
}

export const factTexts = { town, river, mountain, lake, animal, person, craft, food, festival };
export type EntityType = keyof typeof factTexts;
