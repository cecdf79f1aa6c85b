/**
 * Words in `class`, `id`, `role` and `itemprop` that say what an element is for. The idea is Readability's
 * and trafilatura's; the words are those that templates of content management systems use (WordPress, Drupal,
 * TYPO3, Blogger, news publishers), in English and some other languages of the web.
 */

/** What the names of an element say. `weak` names mislead more often than the others. */
export type Cue = 'none' | 'content' | 'comments' | 'boilerplate' | 'weak' | 'hidden';

const start = '(?:^|[\\s_:/-])';
const stop = '(?=$|[\\s_:/-])';
const word = (words: string): string => `${start}(?:${words})${stop}`;

const hidden = new RegExp(
  word(
    'hidden|hide|invisible|visually-?hidden|screen-?reader(?:-?text)?|sr-?only|d-none|is-hidden|u-hidden|print-?only|print-?no|no-?print|noprint|noscript',
  ),
);

/** What readers wrote. */
const comments = new RegExp(
  `comment(?!ary|ed)|disqus|kommentar|comentario|commentaire|${word('respond|replies|reply|livefyre|trackbacks?|pingbacks?|guestbook|discussion')}`,
);

const boilerplate = new RegExp(
  [
    word(
      'nav|navi|navbar|subnav|mainnav|topnav|menu|submenu|mainmenu|topmenu|breadcrumbs?|crumbs?|pagination|pager|paging|footer|masthead|topbar|bottombar|skip-?links?',
    ),
    'navigation|navbar|breadcrumb|crumbs|menu-item|page-?footer|site-?footer|site-?header',
    `side-?bar|${word('aside|marginalie|right-?(?:col|column|rail)|rail|complementary')}`,
    'related|recommend|read-?more|readmore|more-?(?:stories|articles|news|posts|from)|also-?(?:like|read|interesting)|you-?may|yarpp|zergnet|outbrain|taboola|trending|most-?(?:read|popular|viewed|commented)|popular-?(?:posts|articles|news)|similar-?(?:posts|articles)|further-?(?:reading|articles)|weiterlesen|mehr-?zum|auch-?interessant|verwandte|aehnliche|empfehlung',
    'interesting|next-?(?:post|story|article)|prev-?(?:post|story|article)|(?:post|news|article|story)s?[_-]list(?:e|ing)?|list[_-]?(?:posts|articles|news)|newsletter|subscri(?:be|ption)|sign-?up|paywall|abo-?box|advert|adsense|adslot|ad-?slot|ad-?wrapper|ad-?container|adbox|sponsor|anzeige|werbung|publicidad|reklam',
    word('ads?|advertorial|dfp|gpt|teads|promo'),
    'sign-?up-?form|newsletter|social|addtoany|sharedaddy|shariff|share-?(?:bar|box|buttons?|links?|tools?|this)|sharing|whatsapp|pinterest|flattr|follow-?(?:us|me|button)',
    `author-?(?:box|bio|info|card|card|about|profile|image|avatar|desc|block|section|meta)|about-?(?:the-?)?author|${word('bio|vcard|byline|avatar|gravatar|author-?name')}`,
    `${start}(?:post|entry|article|blog|news)[_-]*(?:meta|info|footer|utility|tags|nav|navigation|tools|actions|pagination|share|sharing|author|details)${stop}`,
    word(
      'postmetadata|posted-?on|posted-?by|timestamp|dateline|pubdate|tags|tag-?(?:list|links|cloud|container)|tagcloud|cat-?links|filed-?under|keywords',
    ),
    'cookie|consent|gdpr|dsgvo|copyright|impressum|imprint|pop-?up|tooltip',
    word(
      'rss|sociable|kontakt|contact|contacts|spenden|donate|donation|caption|captions|image-subtitle|image-?(?:caption|description|subtitle|credit|author|copyright)|img-?(?:caption|description)|caption-?(?:text|content)|bildunterschrift|legende?|wp-caption-text|disclosure|article-citation|cite-this|likes|post-author|abspann|search|searchform|print|toolbar|contact-?form|login|cart|basket|ratings?|votes?|voting|poll|survey|back-?to-?top|credits?|lang-?switch(?:er)?|languages?',
    ),
    'mw-editsection|navbox|catlinks|printfooter|jump-to-nav|mw-jump|ambox|vector-menu|sistersitebox|hatnote|mw-indicators|metadata plainlinks|noviewer',
  ].join('|'),
);

const weak = new RegExp(
  [
    'widget|teaser|promo|banner|share|facebook|twitter|instagram|piano|modal|overlay|lightbox|toast|register|log-?in|sign-?in|marketing|disclaimer|subscri',
    word(
      'secondary|foot|meta|date|categories|category|kategorie|topics|author|autor|feed|tools|form|toc|slider|carousel|slideshow|player|video-?player|license|header|bottom|links?|list-?links|box-?links|callout|sticky|buttons?|cta|info-?box|fact-?box|text-?box|inline-?box|related-?links|privacy|embed|gadgets?|appendix|extra|extras|additional|attachments?|caption|credit|source|quelle|social-?media|actions?|options?|controls?|icons?|label|labels|badge|status|stats|counter|views|hits|reflist',
    ),
  ].join('|'),
);

/** The container of the main text, by the names that templates give it. */
const articleBody = new RegExp(
  `(?:article|entry|post|story|news|blog|rich)[_-]*(?:body|content|text|copy|entry|main)|(?:article|story|full|body|blog|news|main|content|rich)-?text|(?:main|page|single|field|content|text)[_-]*(?:content|body)|field-name-body|mw-parser-output|mw-content-text|${word('h-?entry|e-content|entry|article|story|single-post|postcontent|artikel|beitrag|inhalt|post')}`,
);

const known = new Map<string, Cue>();

/** What `class` and `id` (lower case) say. Answers are cached: pages repeat their names. */
export function cueOf(names: string): Cue {
  if (names === '') return 'none';
  let cue = known.get(names);
  if (cue === undefined) {
    cue = classify(names);
    if (known.size >= 50_000) known.clear();
    known.set(names, cue);
  }
  return cue;
}

function classify(names: string): Cue {
  if (hidden.test(names)) return 'hidden';
  if (comments.test(names)) return 'comments';
  const content = articleBody.test(names);
  if (boilerplate.test(names)) return content ? 'weak' : 'boilerplate';
  if (content) return 'content';
  return weak.test(names) ? 'weak' : 'none';
}

const boilerplateRoles = new Set(
  'navigation banner contentinfo complementary search menu menubar toolbar dialog alertdialog alert tooltip'.split(
    ' ',
  ),
);

export function isBoilerplateRole(role: string | undefined): boolean {
  return role !== undefined && boilerplateRoles.has(role);
}
