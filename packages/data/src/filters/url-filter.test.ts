import { describe, expect, it } from 'vitest';
import { Page } from '../page/page.js';
import { urlFilter } from './url-filter.js';
import { defaultUrlLists, type UrlLists } from './url-lists.js';

const filter = urlFilter({
  domains: ['bad.com', 'blog.mixed.org', 'spam.co.uk'],
  urls: ['http://ok.org/exact'],
  hardWords: ['porn', 'x-rated'],
  softWords: ['sexy', 'hot', 'teen'],
  subwords: ['pornhub', 'free-cam'],
});
const at = (url: string): Page => new Page({ url, content: '' });
const reason = (url: string): string => {
  const result = filter.run(at(url));
  return result.kind === 'drop' ? result.reason : 'keep';
};

describe('urlFilter', () => {
  it('drops a registered domain with all its hosts, also below a suffix of two parts', () => {
    expect(reason('http://bad.com/')).toBe('domain');
    expect(reason('https://www.bad.com/page?x=1')).toBe('domain');
    expect(reason('https://a.b.spam.co.uk:8080/')).toBe('domain');
    expect(reason('http://notbad.com/')).toBe('keep');
    expect(reason('http://other.co.uk/')).toBe('keep');
  });

  it('drops a listed host without its neighbours', () => {
    expect(reason('http://blog.mixed.org/a')).toBe('subdomain');
    expect(reason('http://www.mixed.org/a')).toBe('keep');
    expect(reason('http://mixed.org/blog')).toBe('keep');
  });

  it('drops an exact URL only', () => {
    expect(reason('http://ok.org/exact')).toBe('url');
    expect(reason('http://ok.org/exact/')).toBe('keep');
    expect(reason('https://ok.org/exact')).toBe('keep');
  });

  it('drops one hard word that is a whole token', () => {
    expect(reason('http://site.org/porn/1')).toBe('hard_blacklisted');
    expect(reason('http://site.org/a-porn_b')).toBe('hard_blacklisted');
    expect(reason('http://site.org/pornography')).toBe('keep');
    expect(reason('http://site.org/xrated')).toBe('hard_blacklisted');
  });

  it('drops two different soft words, not one word twice', () => {
    expect(reason('http://site.org/hot')).toBe('keep');
    expect(reason('http://hot.site.org/hot/hot')).toBe('keep');
    expect(reason('http://hot.site.org/teen')).toBe('soft_blacklisted');
    const strict = urlFilter({ softWords: ['hot'], softWordThreshold: 1 });
    expect(strict.run(at('http://site.org/hot'))).toEqual({ kind: 'drop', reason: 'soft_blacklisted' });
  });

  it('finds subwords across punctuation and case', () => {
    expect(reason('http://por-nhub.example/')).toBe('blacklisted_subword');
    expect(reason('http://site.org/xxFREECAMxx')).toBe('blacklisted_subword');
  });

  it('compares words with the case of the URL, as datatrove does', () => {
    expect(reason('http://site.org/Porn')).toBe('keep');
    expect(reason('http://site.org/Hot/Teen')).toBe('keep');
    expect(reason('http://site.org/PornHub')).toBe('blacklisted_subword');
  });

  it('gives the first rule that fails', () => {
    expect(reason('http://bad.com/porn')).toBe('domain');
    expect(reason('http://site.org/porn/hot/teen')).toBe('hard_blacklisted');
    expect(reason('http://site.org/hot/teen/pornhub')).toBe('soft_blacklisted');
  });

  it('passes everything, broken URLs too, without lists', () => {
    const none = urlFilter({});
    for (const url of ['', 'not a url', 'http://[::1]/porn', 'http://%zz'])
      expect(none.run(at(url))).toEqual({ kind: 'keep' });
    expect(reason('http://[::1]/x')).toBe('keep');
    expect(reason('::::')).toBe('keep');
  });
});

describe('defaultUrlLists', () => {
  it('drops the obvious and keeps the ordinary', () => {
    const usual = urlFilter(defaultUrlLists);
    const dropped = [
      'http://best-casino-bonus.example/',
      'http://x.org/porn/',
      'http://a.org/buy-viagra-here',
      'http://a.org/horny-sluts',
    ];
    const kept = [
      'https://en.wikipedia.org/wiki/Essex',
      'https://example.org/2024/05/cooking-with-herbs.html',
      'http://www.middlesex.ac.uk/courses/analysis?id=4',
      'https://docs.python.org/3/library/stdtypes.html',
      'https://svelte.example/guide/slots',
      'https://essexcamping.example/',
      'https://a.example/buy-sell-and-win-online-for-free',
      'https://a.example/credit-and-loan-click-by-click',
      'https://a.example/gay-girls-and-teens-in-film',
      'https://a.example/sex-education-for-adults',
      'https://a.example/blackjack-and-poker-odds-explained',
      'https://a.example/the-pharmacy-of-the-casino-royale',
      'https://a.example/amateur-astronomers-webcam',
    ];
    for (const url of dropped) expect([url, usual.run(at(url)).kind]).toEqual([url, 'drop']);
    for (const url of kept) expect([url, usual.run(at(url)).kind]).toEqual([url, 'keep']);
  });
});

describe('entries of lists', () => {
  const kindOf = (lists: UrlLists, url: string): string => urlFilter(lists).run(at(url)).kind;

  it('compares hosts as browsers do', () => {
    for (const [entry, url] of [
      ['Evil.example', 'http://evil.example/'],
      ['evil.example', 'http://www.EVIL.example/'],
      ['straße.example', 'http://xn--strae-oqa.example/a'],
      ['xn--strae-oqa.example', 'http://www.straße.example/'],
      ['.dotted.example', 'http://dotted.example/'],
      ['*.star.example', 'http://a.star.example/'],
      ['final.example.', 'http://final.example/'],
      ['192.0.2.7', 'http://192.0.2.7/x'],
    ] as const)
      expect([entry, url, kindOf({ domains: [entry] }, url)]).toEqual([entry, url, 'drop']);
    expect(kindOf({ urls: ['HTTP://Evil.example/Page'] }, 'http://evil.example/Page')).toBe('drop');
    expect(kindOf({ urls: ['http://evil.example/Page'] }, 'http://evil.example/page')).toBe('keep');
  });

  it('refuses what matches nothing, or something else', () => {
    for (const lists of [
      { domains: ['a.example/path'] },
      { domains: [''] },
      { domains: ['two words'] },
      { urls: ['example.org/page'] },
      { hardWords: ['größe'] },
      { softWords: ['сыр'] },
      { hardWords: [''] },
      { subwords: ['c++'] },
      { subwords: ['-'] },
    ])
      expect(() => urlFilter(lists), JSON.stringify(lists)).toThrow(
        expect.objectContaining({ code: 'data/url-list-invalid' }),
      );
  });
});
