/** A page in another language: its sentences in random order and wording, in paragraphs. */
import type { Random } from '@llm/core';
import { type Content, heading, paragraph, slugOf } from '../content/block.js';
import { phrase, type SlotsOf } from '../patterns/phrase.js';
import type { World } from '../world/world.js';
import { type ForeignLanguage, foreignTexts } from './foreign-texts.js';

export function foreignText(world: World, language: ForeignLanguage, random: Random): Content {
  const { titles, sentences } = foreignTexts[language];
  const [town, other] = random.shuffle([...world.towns]).map((place) => place.name) as [string, string];
  const [person, friend] = random.shuffle([...world.people]).map((one) => one.firstName) as [string, string];
  const tell = (pattern: string): string => {
    const slots: SlotsOf<(typeof foreignTexts)[ForeignLanguage]> = {
      town,
      other,
      river: random.pick(world.rivers).name,
      person,
      friend,
      n: String(3 + random.integer(40)),
    };
    return phrase(pattern, slots, random);
  };
  const told = random.shuffle([...sentences]).map(tell);
  const title = tell(random.pick(titles));
  const join = language === 'ja' ? '' : ' ';
  const blocks = [heading(title)];
  for (let start = 0; start < told.length; start += 3)
    blocks.push(paragraph(told.slice(start, start + 3).join(join)));
  return { title, blocks, slug: slugOf(`${town} ${language}`) };
}
