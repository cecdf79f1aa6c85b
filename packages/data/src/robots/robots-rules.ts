/**
 * What a robots.txt lets a crawler fetch, after RFC 9309: the groups that name the crawler's product token,
 * else those of `*`; of the rules that match the path the longest one, of equal ones `allow`; `*` for
 * anything and `$` for the end. Left out: `Crawl-delay`, and everything else that is no rule.
 */

export interface RobotsVerdict {
  readonly allowed: boolean;
  /** The rule that decides; undefined where none matches. */
  readonly rule?: { readonly text: string; readonly line: number } | undefined;
  /** The token whose group it is: the agent's own, `*`, or undefined where there is no group for it. */
  readonly group?: string | undefined;
}

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
  readonly line: number;
}

/** Parsers must read at least 500 KiB, and may stop there. */
const mostCharacters = 512 * 1024;

/** `agent`: a product token (`CCBot`); what follows it (`/2.0`) is not looked at. */
export function robotsVerdict(robots: string, agent: string, url: string): RobotsVerdict {
  const token = tokenOf(agent);
  const { own, others, hasOwn, hasOthers } = groupsOf(robots, token);
  const group = hasOwn ? token : hasOthers ? '*' : undefined;
  const path = pathOf(url);
  // The file itself may always be fetched.
  if (path === '/robots.txt') return { allowed: true, group };
  let best: Rule | undefined;
  for (const rule of hasOwn ? own : others) {
    if (!matches(rule.pattern, path)) continue;
    const longer = rule.pattern.length - (best?.pattern.length ?? -1);
    if (longer > 0 || (longer === 0 && rule.allow && !best!.allow)) best = rule;
  }
  if (best === undefined) return { allowed: true, group };
  const text = `${best.allow ? 'Allow' : 'Disallow'}: ${best.pattern}`;
  return { allowed: best.allow, rule: { text, line: best.line }, group };
}

/** The rules for a token and those for all, each of all groups of theirs together. */
function groupsOf(robots: string, token: string) {
  const found = { own: [] as Rule[], others: [] as Rule[], hasOwn: false, hasOthers: false };
  let [isOwn, isOther, inRules] = [false, false, false];
  const lines = robots
    .slice(0, mostCharacters)
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/);
  for (const [at, raw] of lines.entries()) {
    const colon = raw.indexOf(':');
    if (colon < 0) continue;
    const hash = raw.indexOf('#');
    if (hash >= 0 && hash < colon) continue;
    const name = raw.slice(0, colon).trim().toLowerCase();
    const value = raw.slice(colon + 1, hash < 0 ? undefined : hash).trim();
    if (name === 'user-agent') {
      // Names in a row share what follows.
      if (inRules) [isOwn, isOther, inRules] = [false, false, false];
      if (value === '*') [isOther, found.hasOthers] = [true, true];
      else if (tokenOf(value) === token) [isOwn, found.hasOwn] = [true, true];
    } else if (name === 'allow' || name === 'disallow') {
      inRules = true;
      if (value === '') continue;
      const rule = { allow: name === 'allow', pattern: normalized(value), line: at + 1 };
      if (isOwn) found.own.push(rule);
      if (isOther) found.others.push(rule);
    }
  }
  return found;
}

/** Letters, `-` and `_` from the beginning, in lower case. */
const tokenOf = (agent: string): string => /^[a-z_-]*/i.exec(agent.trim())![0].toLowerCase();

function pathOf(url: string): string {
  if (!URL.canParse(url)) return normalized(url.startsWith('/') ? url : `/${url}`);
  // An empty query is one: `search` would not say so.
  const { href, origin } = new URL(url);
  return normalized(href.slice(origin.length).replace(/#.*/s, ''));
}

/** Octets that need no escape stand for themselves, others are escaped, in capitals. */
function normalized(path: string): string {
  return path.replace(/%[0-9a-f]{2}|[^\x21-\x7e]/giu, (part) => {
    if (part.length !== 3 || part[0] !== '%')
      return encodeURIComponent(/\p{Cs}/u.test(part) ? '\ufffd' : part);
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : part.toUpperCase();
  });
}

/** Each piece between stars at its first place behind the one before: linear, whatever the pattern. */
function matches(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith('$');
  const pieces = (isWhole ? pattern.slice(0, -1) : pattern).split('*');
  const [first = '', ...rest] = pieces;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  if (rest.length === 0) return !isWhole || at === path.length;
  const last = isWhole ? rest.pop()! : undefined;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return last === undefined || (path.length - last.length >= at && path.endsWith(last));
}
