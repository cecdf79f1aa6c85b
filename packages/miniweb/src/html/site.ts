/** The sites of the invented web: host, design, and the boilerplate around every page. */
import { createRandom, type Random } from '@llm/core';
import { splitList, splitLists } from '../patterns/split-list.js';
import texts from '../texts/sites/boilerplate.json' with { type: 'json' };
import hosts from '../texts/sites/hosts.json' with { type: 'json' };
import type { World } from '../world/world.js';

export type SiteGroup =
  | 'encyclopedia'
  | 'stories'
  | 'lessons'
  | 'questions'
  | 'recipes'
  | 'news'
  | 'forum'
  | 'foreign'
  | 'shop'
  | 'mirror';
export type Design = 'semantic' | 'divs' | 'tables' | 'blog' | 'bare' | 'breaks' | 'portal';

export interface Site {
  readonly host: string;
  readonly name: string;
  readonly design: Design;
  readonly navigation: readonly string[];
  readonly cookies: string;
  readonly footer: string;
  readonly related: readonly string[];
  readonly newsletter: string;
  readonly advertisement: string;
}

const groupWords: Readonly<Record<SiteGroup, readonly string[]>> = splitLists(hosts.groups);
const navigation = splitList(texts.navigation);
const domains = ['org', 'com', 'net', 'info'];
const designs: readonly Design[] = [
  'semantic',
  'divs',
  'blog',
  'tables',
  'portal',
  'semantic',
  'breaks',
  'divs',
  'bare',
  'blog',
];

/** The sites of every group: as many as the group has words. */
export function createSites(world: World): Readonly<Record<SiteGroup, readonly Site[]>> {
  const random = createRandom(world.seed, 'miniweb-sites');
  const towns = random.shuffle(world.towns.map((town) => town.name.toLowerCase()));
  let drawn = 0;
  const groups = Object.entries(groupWords).map(([group, words]) => [
    group,
    words.map((word) => {
      const town = towns[drawn % towns.length]!;
      const host = `${drawn % 3 === 0 ? 'www.' : ''}${town}-${word}.${domains[drawn % domains.length]!}`;
      return createSite(host, designs[drawn++ % designs.length]!, random);
    }),
  ]);
  return Object.fromEntries(groups) as Record<SiteGroup, Site[]>;
}

export function createSite(host: string, design: Design, random: Random): Site {
  return {
    host,
    name: host
      .replace(/^www\./, '')
      .replace(/\..*$/, '')
      .replaceAll('-', ' '),
    design,
    navigation: random.shuffle([...navigation]).slice(0, 5 + random.integer(4)),
    cookies: random.pick(texts.cookies),
    footer: random.pick(texts.footers),
    related: random.shuffle([...texts.related]).slice(0, 3),
    newsletter: random.pick(texts.newsletters),
    advertisement: random.pick(texts.advertisements),
  };
}
