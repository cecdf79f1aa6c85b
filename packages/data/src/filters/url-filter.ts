/**
 * Drops pages by their URL, with datatrove's rules in datatrove's order: registered domain, host and exact
 * URL in a list, one hard word, two soft words, one subword. Words are compared with the tokens of the URL as
 * written (upper case is another word); only subwords are looked for in the lower-cased URL without
 * punctuation. Lists are the caller's; `defaultUrlLists` is a small one of ours. Registered domains come from
 * the Public Suffix List (tldts). Beyond datatrove: hosts are compared as browsers do, in lower case and
 * Punycode, and what no URL can match is refused.
 */

import { LlmError } from '@llm/core';
import { parse } from 'tldts';
import { checkOptions } from '../page/check-options.js';
import { below, none } from '../page/measure.js';
import { type RuleStep, ruleStep } from '../page/rule-step.js';
import { defaultUrlLists, type UrlLists } from './url-lists.js';

/**
 * A page without a URL is none of its business. Reasons: domain, subdomain, url, hard_blacklisted,
 * soft_blacklisted, blacklisted_subword. Throws `data/url-list-invalid` for an entry that can match no URL,
 * or that would match as another word.
 */
export function urlFilter(lists: UrlLists = defaultUrlLists): RuleStep {
  checkOptions('The step url', lists, {
    ...({ domains: 'list', urls: 'list', hardWords: 'list', softWords: 'list', subwords: 'list' } as const),
    softWordThreshold: 'number',
  });
  const domains = new Set(Array.from(lists.domains ?? [], listedHost));
  const urls = new Set(Array.from(lists.urls ?? [], listedUrl));
  const hard = new Set(Array.from(lists.hardWords ?? [], (word) => listedWord('hardWords', word)));
  const soft = new Set(Array.from(lists.softWords ?? [], (word) => listedWord('softWords', word)));
  const subwords = Array.from(lists.subwords ?? [], (word) => listedWord('subwords', word));
  const subword = subwords.length === 0 ? undefined : new RegExp(subwords.join('|'));
  const threshold = lists.softWordThreshold ?? 2;
  return ruleStep({
    name: 'url',
    version: 2,
    options: lists,
    mayIdle: lists === defaultUrlLists,
    applies: (page) => page.url !== '',
    *measure({ url }) {
      const host = domains.size === 0 ? undefined : (hostOf(url) ?? hostOf(`http://${url}`));
      if (host !== undefined) {
        const { domain } = parse(host, { extractHostname: false });
        yield none('domain', domain !== null && domains.has(domain) ? 1 : 0);
        yield none('subdomain', domains.has(host) ? 1 : 0);
      }
      if (urls.size > 0) yield none('url', urls.has(url) || urls.has(asBrowsersWrite(url)) ? 1 : 0);
      let [hardWords, softWords] = [0, 0];
      for (const word of new Set(url.split(/[^a-zA-Z0-9]+/))) {
        if (word === '') continue;
        if (hard.has(word)) hardWords++;
        if (soft.has(word)) softWords++;
      }
      yield none('hard_blacklisted', hardWords);
      yield below('soft_blacklisted', softWords, threshold, 'softWordThreshold');
      yield none('blacklisted_subword', subword?.test(squash(url)) === true ? 1 : 0);
      return undefined;
    },
  });
}

function squash(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '').toLowerCase();
}

/** `BÜCHER.example.` → `xn--bcher-kva.example`; undefined for what is no host. */
function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const host = new URL(url).hostname.replace(/\.$/, '');
  return host === '' ? undefined : host;
}

/** The URL with its host in lower case and Punycode, its path as it is; what is no URL stays. */
function asBrowsersWrite(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}

/** `.example.org` and `*.example.org` mean the domain with all its hosts, as in lists for blockers. */
function listedHost(entry: string): string {
  const name = entry.trim().replace(/^\*?\./, '');
  const host = /[/?#@\s]|:\d/.test(name) ? undefined : hostOf(`http://${name}`);
  if (host === undefined) throw invalid('domains', entry, 'Give a host name such as "example.org".');
  return host;
}

function listedUrl(entry: string): string {
  const url = entry.trim();
  if (!URL.canParse(url)) throw invalid('urls', entry, 'Give the whole address: "https://example.org/page".');
  return new URL(url).href;
}

/** Letters and digits of ASCII with hyphens and the like between them: URLs are cut into such words. */
function listedWord(list: string, entry: string): string {
  const word = entry.trim();
  if (!/^[a-zA-Z0-9]+(?:[-_. ][a-zA-Z0-9]+)*$/.test(word))
    throw invalid(
      list,
      entry,
      `Only ASCII letters and digits are compared: it would match as "${squash(word)}".`,
    );
  return squash(word);
}

function invalid(list: string, entry: string, advice: string): LlmError {
  return new LlmError({
    code: 'data/url-list-invalid',
    message: `The URL filter's list "${list}" holds ${JSON.stringify(entry)}, which matches no URL. ${advice}`,
    details: { list, entry },
  });
}
