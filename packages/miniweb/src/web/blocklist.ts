/**
 * The junk hosts of a miniweb: what a URL filter needs to know as its lists of blocked domains and addresses.
 * The words in URLs (`hard_blacklisted` …) need no list from here; they are in every adult-word list.
 */
import { createRandom } from '@llm/core';
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/sites/hosts.json' with { type: 'json' };
import { factBook } from '../world/facts.js';

export interface MiniwebBlocklist {
  /** Registered domains, and full host names below domains that are not blocked themselves. */
  readonly domains: readonly string[];
  /** Exact addresses on hosts that are not blocked. */
  readonly urls: readonly string[];
}

export interface BlockedPlaces extends MiniwebBlocklist {
  readonly registered: readonly string[];
  readonly hosts: readonly string[];
}

const kept = new Map<string, BlockedPlaces>();

/** The blocklist of a seed, the same for any number of pages. */
export function miniwebBlocklist(seed: number | string): MiniwebBlocklist {
  const { domains, urls } = blockedPlaces(seed);
  return { domains, urls };
}

export function blockedPlaces(seed: number | string): BlockedPlaces {
  const key = `${typeof seed}:${seed}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= 4) kept.clear();
  const random = createRandom(seed, 'miniweb-blocklist');
  const towns = factBook(seed).world.towns.map((town) => town.name.toLowerCase());
  const registered = splitList(texts.blocked).flatMap((word) =>
    random
      .shuffle([...towns])
      .slice(0, 5)
      .map((town) => `${town}-${word}.${random.pick(['com', 'net', 'info'])}`),
  );
  const hosts = random
    .shuffle([...towns])
    .slice(0, 12)
    .map((town) => `${random.pick(splitList(texts.blockedPages))}-${town}.free-pages-${towns[0]!}.net`);
  const urls = Array.from(
    { length: 64 },
    (_, number) => `https://www.${towns[1 + (number % 8)]!}-offers-board.com/list/entry-${number}.html`,
  );
  const places = {
    domains: [...new Set([...registered, ...hosts])],
    urls,
    registered: [...new Set(registered)],
    hosts: [...new Set(hosts)],
  };
  kept.set(key, places);
  return places;
}
