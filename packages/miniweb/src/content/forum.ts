/**
 * Forum threads: people ask each other for help and leave
 * e-mail and IP addresses that must not reach a training text.
 */
import type { Random } from '@llm/core';
import { type SlotsOf, sentence } from '../patterns/phrase.js';
import texts from '../texts/content/forum.json' with { type: 'json' };
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './narrator.js';
import { type WorldSlots, worldSlots } from './world-slots.js';

export function forumThread(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const emails: string[] = [];
  const addresses: string[] = [];
  const privateAddresses: string[] = [];
  const tell = (pattern: string): string => {
    const slots = worldSlots(world, random);
    const given: SlotsOf<typeof texts> = {
      email: emailAddress(slots, random),
      address: publicAddress(random),
      private: privateAddress(random),
    };
    if (pattern.includes('$email')) emails.push(given.email);
    if (pattern.includes('$address')) addresses.push(given.address);
    if (pattern.includes('$private')) privateAddresses.push(given.private);
    return sentence(pattern, { ...slots, ...given }, random);
  };
  const title = tell(random.pick(texts.titles));
  const blocks: Block[] = [
    heading(title),
    paragraph(
      ...random
        .shuffle([...texts.questions])
        .slice(0, 2 + random.integer(2))
        .map(tell),
    ),
  ];
  const extra = [
    ...random.shuffle([...texts.emailLines]).slice(0, 1 + random.integer(2)),
    ...random.shuffle([...texts.addressLines]).slice(0, 1 + random.integer(2)),
    ...random.shuffle([...texts.privateLines]).slice(0, random.integer(2)),
  ];
  for (const answer of random.shuffle([...texts.answers]).slice(0, 4 + random.integer(3))) {
    const post = [tell(answer)];
    const line = extra.pop();
    if (line !== undefined) post.push(tell(line));
    post.push(random.uniform() < 0.5 ? narrator.aside() : narrator.state(random.pick(book.facts)));
    blocks.push(paragraph(...post));
  }
  if (extra.length > 0) blocks.push(paragraph(...extra.map(tell)));
  return { title, blocks, slug: slugOf(title), personalData: { emails, addresses, privateAddresses } };
}

function emailAddress({ person, town }: WorldSlots, random: Random): string {
  const [first, last] = person.toLowerCase().split(' ') as [string, string];
  const local = random.pick([
    `${first}.${last}`,
    `${first}${1 + random.integer(98)}`,
    `${first}_${last}`,
    `${last}+post`,
  ]);
  return `${local}@${random.pick(['mail', 'post', 'letters'])}.${town.toLowerCase()}.example`;
}

/** First octets that are unicast and public as a whole. */
function publicAddress(random: Random): string {
  const first = random.pick([45, 62, 77, 81, 93, 109, 133, 151, 176, 185, 193, 212]);
  return [first, 1 + random.integer(90), random.integer(256), 1 + random.integer(254)].join('.');
}

function privateAddress(random: Random): string {
  return random.uniform() < 0.5
    ? `192.168.${random.integer(256)}.${1 + random.integer(254)}`
    : `10.${random.integer(256)}.${random.integer(256)}.${1 + random.integer(254)}`;
}
