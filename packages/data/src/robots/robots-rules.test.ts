import { describe, expect, it } from 'vitest';
import { robotsVerdict } from './robots-rules.js';

const allowed = (robots: string, path: string, agent = 'CCBot'): boolean =>
  robotsVerdict(robots, agent, `https://example.org${path}`).allowed;

// RFC 9309, sections 2.2.1 to 2.2.4 and 5.
const simple = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
`;
const longest = `User-Agent: foobot
Allow: /example/page/
Disallow: /example/page/disallowed.gif
`;

describe('robotsVerdict', () => {
  it.each([
    ['other', '/example/', false],
    ['other', '/pictures/a.gif', false],
    ['other', '/pictures/a.gif?x', true],
    ['other', '/publications/a', true],
    ['FooBot/2.1', '/', false],
    ['foobot', '/example/page.html', true],
    ['foobot', '/example/allowed.gif', true],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/a.gif', true],
    ['quxbot', '/example/', true],
  ])('the simple example of the RFC: %s may fetch %s: %s', (agent, path, expected) => {
    expect(allowed(simple, path, agent)).toBe(expected);
  });

  it('takes the longest match, as in its second example, and says which', () => {
    expect(allowed(longest, '/example/page/', 'foobot')).toBe(true);
    expect(robotsVerdict(longest, 'foobot', 'https://example.org/example/page/disallowed.gif')).toEqual({
      allowed: false,
      rule: { text: 'Disallow: /example/page/disallowed.gif', line: 3 },
      group: 'foobot',
    });
  });

  // Section 2.2.2: what is compared is the path with its octets written alike.
  it.each([
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar', false],
    ['/foo/bar/\u30c4', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%E3%83%84', '/foo/bar/%e3%83%84'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
  ])('%s stands for %s', (rule, path, same = true) => {
    expect(allowed(`User-agent: *\nDisallow: ${rule}$`, path)).toBe(!same);
  });

  it('reads what is written: groups of one name together, comments, line ends, a mark at the start', () => {
    const robots =
      '\ufeffuser-agent: ccbot # us\rDisallow: /a # not this\r\nSitemap: x\nDisallow:\nUSER-AGENT: x\nDisallow: /x\n# c: d\nUser-Agent: CCBOT\nDisallow: /b';
    expect(['/a', '/b', '/x', '/c'].map((path) => allowed(robots, path))).toEqual([false, false, true, true]);
    expect(robotsVerdict(robots, 'other', 'https://example.org/')).toEqual({
      allowed: true,
      group: undefined,
    });
    expect(allowed('User-agent: *\nDisallow: /', '/robots.txt')).toBe(true);
    expect(allowed('User-agent: *\nAllow: /a\nDisallow: /a', '/a')).toBe(true);
    expect(allowed('', '/')).toBe(true);
    expect(allowed('User-agent: *\nDisallow: /?', '/?')).toBe(false);
  });

  it('is done at once with patterns that backtracking would never end', () => {
    const robots = `User-agent: *\nDisallow: /${'*a'.repeat(5000)}$`;
    expect(allowed(robots, `/${'a'.repeat(20_000)}b`)).toBe(true);
    expect(allowed(robots, `/${'a'.repeat(20_000)}`)).toBe(false);
  });
});
