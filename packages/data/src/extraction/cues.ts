/**
 * Words in `class`, `id`, `role` and `itemprop` that say what an element is for. The idea is Readability's and
 * trafilatura's; the words are those that templates of content management systems use (WordPress, Drupal, TYPO3,
 * Blogger, news publishers).
 */

/** Certainly not the text of the page. Tested against `class id`, lower case. */
const boilerplate = new RegExp(
  [
    // navigation
    '\\b(?:nav|navi|navbar|navigation|subnav|mainnav|topnav|metanav|menu|submenu|mainmenu|topmenu|dropdown|breadcrumbs?|crumbs?|pagination|pager|paging|paginator|pagenav|toc-?nav|skip-?link|skiplinks?|sitemap|site-?header|site-?footer|page-?footer|footer|foot|masthead|topbar|toolbar|bottombar|sitelinks|jump-?to-?nav|nav-?links?|post-?navigation|page-?links|prev-?next|postnav)\\b',
    '(?:^|[\\s_-])(?:nav|navi|menu|footer|breadcrumbs?)(?:$|[\\s_-])',
    'breadcrumb|navigation|navbar|footer-?(?:widget|nav|menu|area|content|inner|wrap)',
    // beside the text
    'side-?bar|widget(?!-?content)|\\baside\\b|\\bmarginalie',
    'related|recommend|read-?more|readmore|more-?(?:stories|articles|news|posts|from)|also-?(?:like|read)|further-?reading|you-?may|yarpp|zergnet|outbrain|taboola|trending|most-?(?:read|popular|viewed|commented)|popular-?posts|similar-?|teaser(?!-?text)|promo(?:tion|box)?\\b|\\bpromo[_-]|newsletter|subscrib|sign-?up|signin|log-?in|login|register|paywall|tag-?cloud|tags?-?(?:list|links|block|container)|\\btags\\b|post-?tags|entry-?tags|categories|cat-?links|tagged|keywords',
    // people and sharing
    'share|sharing|social|addtoany|sharedaddy|\\bshariff|facebook|twitter|whatsapp|pinterest|flattr|\\bfollow|author-?(?:box|bio|info|card|about|profile|image|avatar)|about-?(?:the-?)?author|\\bbio\\b|avatar|gravatar|vcard|byline|post-?meta|entry-?meta|article-?meta|\\bmeta\\b|post-?info|entry-?utility|entry-?footer|post-?footer|postmetadata|posted-?(?:on|by|in)|timestamp|date-?time|\\bdate\\b|dateline|pubdate|published',
    // comments
    'comment|disqus|\\breply|replies|respond|\\bthread|livefyre|trackback|pingback|discussion|guestbook',
    // advertisement, legal, technical
    '\\bads?\\b|\\bad-|-ad\\b|adsense|advert|adbox|adslot|sponsor|anzeige|werbung|banner|cookie|consent|gdpr|dsgvo|privacy|disclaimer|copyright|legal|imprint|impressum|\\brss\\b|\\bfeed\\b|popup|pop-up|modal|overlay|lightbox|tooltip|print-?only|noprint|no-?print|hidden|invisible|screen-?reader|sr-only|visually-?hidden|loading|search|\\bform\\b|contact|\\bcart\\b|shopping|buy-?|donat|rating|\\brate|vote|poll\\b|survey|\\btools?\\b|action-?bar|back-?to-?top|scroll-?top|credit|attribution|license|mw-editsection|navbox|catlinks|printfooter|siteSub|jump-to|reflist|references-?small|noexcerpt|hide-?print',
  ].join('|'),
);

/** Words that keep an element even though it looks like boilerplate. */
const mayBeContent = /\b(?:article|body|content|entry|post|main|text|story|hentry|column|page|blog)\b/;

/** The container of the main text, by the names that templates give it. */
const articleBody =
  /(?:article|entry|post|story|news|blog|page|main|body|text|content|single|rich)[_-]*(?:body|content|text|entry|copy|main)|articletext|storytext|fulltext|bodytext|field-name-body|mw-(?:parser-)?(?:output|content)|\bhentry\b|\bh-entry\b|e-content/;

const positive =
  /article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story|artikel|beitrag|inhalt|texte|contenido|contenuto/;
const negative =
  /-ad-|hidden|banner|combx|comment|com-|contact|foot|gdpr|masthead|media|meta|outbrain|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget|nav|menu|teaser|header|list/;

export function looksLikeBoilerplate(cue: string): boolean {
  return cue !== '' && boilerplate.test(cue);
}

export function mayHoldContent(cue: string): boolean {
  return mayBeContent.test(cue);
}

export function isArticleBody(cue: string): boolean {
  return cue !== '' && articleBody.test(cue);
}

/** Readability's class weight: 25 for words of content, −25 for words of boilerplate. */
export function cueWeight(cue: string): number {
  if (cue === '') return 0;
  return (positive.test(cue) ? 25 : 0) - (negative.test(cue) ? 25 : 0);
}

const boilerplateRoles = new Set([
  'navigation',
  'banner',
  'contentinfo',
  'complementary',
  'search',
  'menu',
  'menubar',
  'toolbar',
  'dialog',
  'alertdialog',
  'alert',
  'tablist',
  'tooltip',
  'note',
  'form',
]);

export function isBoilerplateRole(role: string | undefined): boolean {
  return role !== undefined && boilerplateRoles.has(role);
}
