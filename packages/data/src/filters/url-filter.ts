/**
 * Drops pages by their URL, with datatrove's rules in datatrove's order: registered domain, host and exact
 * URL in a list, one hard word, two soft words, one subword. Words are compared with the tokens of the URL as
 * written (upper case is another word); only subwords are looked for in the lower-cased URL without
 * punctuation. Lists are the caller's; `defaultUrlLists` is a small one of ours. Registered domains come from
 * the Public Suffix List (tldts).
 */
import { parse } from 'tldts';
import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { defaultUrlLists, type UrlLists } from './url-lists.js';

/**
 * A page without a URL is none of its business. Reasons: domain, subdomain, url, hard_blacklisted,
 * soft_blacklisted, blacklisted_subword.
 */
export function urlFilter(lists: UrlLists = defaultUrlLists): PageStep<Verdict> {
  const domains = new Set([...(lists.domains ?? [])].map((domain) => domain.trim()));
  const urls = new Set([...(lists.urls ?? [])].map((url) => url.trim()));
  const hard = new Set([...(lists.hardWords ?? [])].map(squash));
  const soft = new Set([...(lists.softWords ?? [])].map(squash));
  const subwords = [...(lists.subwords ?? [])].map(squash).filter((word) => word !== '');
  const subword = subwords.length === 0 ? undefined : new RegExp(subwords.join('|'));
  const threshold = lists.softWordThreshold ?? 2;
  return {
    name: 'url',
    options: lists,
    applies: (page) => page.url !== '',
    run({ url }) {
      if (domains.size > 0) {
        const { domain, hostname } = parse(url);
        if (domain !== null && domains.has(domain)) return drop('domain');
        if (hostname !== null && domains.has(hostname)) return drop('subdomain');
      }
      if (urls.has(url)) return drop('url');
      const words = new Set(url.split(/[^a-zA-Z0-9]+/));
      let softWords = 0;
      for (const word of words) {
        if (word === '') continue;
        if (hard.has(word)) return drop('hard_blacklisted');
        if (soft.has(word)) softWords++;
      }
      if (softWords >= threshold) return drop('soft_blacklisted');
      return subword?.test(squash(url)) === true ? drop('blacklisted_subword') : keep;
    },
  };
}

function squash(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '').toLowerCase();
}
