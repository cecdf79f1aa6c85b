/** The sites of the invented web: host, design, and the boilerplate around every page. */
import { createRandom, type Random } from '@llm/core';
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

const groupWords: Readonly<Record<SiteGroup, readonly string[]>> = {
  encyclopedia: ['lexicon', 'wiki', 'knowledge', 'almanac'],
  stories: ['stories', 'tales', 'bedtime', 'readers'],
  lessons: ['school', 'lessons', 'classroom'],
  questions: ['answers', 'ask', 'faq'],
  recipes: ['kitchen', 'cookbook', 'supper'],
  news: ['news', 'gazette', 'courier', 'evening-post'],
  forum: ['forum', 'board', 'talk'],
  foreign: ['travel', 'holiday', 'journal', 'town-guide'],
  shop: ['shop', 'offers', 'outlet', 'deals'],
  mirror: ['copy', 'archive', 'reader', 'digest'],
};
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

const navigationWords = [
  'Home page',
  'All topics',
  'Contact form',
  'About this site',
  'Site map',
  'Archive by month',
  'Log in',
  'Register now',
  'Help centre',
  'Photo gallery',
  'Opening hours',
  'Team and authors',
];
const cookieTexts = [
  'We use cookies to make this site better for you. Accept all cookies',
  'This website uses cookies. Read our cookie policy or accept',
  'Your privacy settings: allow necessary cookies only',
  'By staying here you accept our privacy policy and the use of cookies',
];
const footerTexts = [
  'All rights reserved. Imprint and terms of use',
  'Powered by PageWright 4.2. Privacy policy',
  'No part of this site may be copied without permission',
  'Imprint - Terms of use - Privacy policy - Press area',
];
const relatedTexts = [
  'Ten tricks your neighbours never told you',
  'Readers also clicked on these pages',
  'You might also enjoy our summer photo contest',
  'Most read this week: the great umbrella sale',
  'Trending now: seven facts about garden chairs',
  'Editors picks for the long weekend',
];
const newsletterTexts = [
  'Subscribe to our newsletter and never miss an update',
  'Sign up for free e-mail alerts',
  'Follow us for daily updates and share this page',
];
const advertisementTexts = [
  'Advertisement: garden chairs at half price, order today',
  'Sponsored: insurance quotes in two minutes',
  'Ad - compare mobile plans and save money now',
];

/** The sites of one group: as many as the group has words. */
export function createSites(world: World): Readonly<Record<SiteGroup, readonly Site[]>> {
  const random = createRandom(world.seed, 'miniweb-sites');
  const towns = random.shuffle(world.towns.map((town) => town.name.toLowerCase()));
  let drawn = 0;
  const groups = Object.entries(groupWords).map(([group, words]) => [
    group,
    words.map((word) => {
      const town = towns[drawn % towns.length]!;
      const host = `${drawn % 3 === 0 ? 'www.' : ''}${town}-${word}.${domains[drawn % domains.length]!}`;
      return site(host, designs[drawn++ % designs.length]!, random);
    }),
  ]);
  return Object.fromEntries(groups) as Record<SiteGroup, Site[]>;
}

export function site(host: string, design: Design, random: Random): Site {
  return {
    host,
    name: host
      .replace(/^www\./, '')
      .replace(/\..*$/, '')
      .replaceAll('-', ' '),
    design,
    navigation: random.shuffle([...navigationWords]).slice(0, 5 + random.integer(4)),
    cookies: random.pick(cookieTexts),
    footer: random.pick(footerTexts),
    related: random.shuffle([...relatedTexts]).slice(0, 3),
    newsletter: random.pick(newsletterTexts),
    advertisement: random.pick(advertisementTexts),
  };
}
