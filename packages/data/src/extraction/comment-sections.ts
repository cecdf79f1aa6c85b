/**
 * Where the comments below an article stand: in elements that are named so, as every comment system names
 * its own, and behind headings that count them (`12 Comments`). Posts of a thread are no comments: a page of
 * the kind `forum` is not asked.
 */
import { nameNumber } from '../html/element-names.js';
import { blockText } from './block-text.js';
import type { TextBlocks } from './cut-blocks.js';
import { headingTags, tags } from './html-tags.js';
import { cuesThat, type PageTree } from './page-tree.js';
import { topicElements } from './topic-elements.js';

const h1 = nameNumber('h1');

/** At the beginning of a word of `class` or `id`, lower case. */
const commentName =
  /(?:^|[^a-z])(?:comment(?!ary|ator|ed\b)|kommentar|coment[aá]rio|commenti(?:$|[^a-z])|reacties|komentarz|disqus|livefyre|spotim|hyvor|giscus|utterances)/;
/** A state of the page or a link, not a place. */
const stateName =
  /comment(?:s|ing)?[-_]?(?:open|closed|status|count|link|enabled|disabled|number|icon|button)/g;
const commentHeading =
  /^(?:\d[\d.,]*\s+(?:comments?|responses?|replies|thoughts on|kommentare?|commentaires?|comentarios?|commenti|reacties)\b|(?:comments?|kommentare|commentaires|comentarios|commenti|reacties)\s*[([:]\s*\d|leave a (?:comment|reply)\b)/i;

/** An `id` made of a heading that speaks of comments: `comments-on-the-method`. */
const topicName = /^comments?[-_](?:on|about|from|by|to|in|of)[-_]/i;

/** What holds the page is named after its comments, too: `<body class="comments">`. */
const pageTags = tags('html body main');

const threadAddress =
  /^<(?:link|meta)\b[^>]*(?:forum|thread|discuss|viewtopic|communit|\/(?:topics?|boards?|questions?|t)\/)/i;

/**
 * Whether the page says that it is a thread, whose posts may be named comments: by the address that it gives
 * as its own or by a type of schema.org.
 */
export function isDeclaredThread(html: string): boolean {
  if (html.includes('DiscussionForumPosting') || html.includes('schema.org/QAPage')) return true;
  return ['rel="canonical"', 'og:url'].some((mark) => {
    const at = html.indexOf(mark);
    return at >= 0 && threadAddress.test(html.slice(Math.max(0, html.lastIndexOf('<', at)), at + 400));
  });
}

/** One byte a block: 1 = in a section of comments. */
export function commentBlocks(tree: PageTree, blocks: TextBlocks): Uint8Array {
  const marked = new Uint8Array(blocks.count);
  const heading = firstHeading(tree);
  const names = cuesThat(tree, isCommentName);
  let topics: ReadonlySet<number> | undefined;
  let block = 0;
  for (let node = 1; node < tree.size; node++) {
    const end = tree.end[node]!;
    if (!isNamed(tree, node, names)) continue;
    if (heading >= node && heading < end) continue;
    topics ??= topicElements(tree);
    if (topics.has(node) && topicName.test(tree.attribute(node, 'id')!)) continue;
    if (tree.name[node]! < 0 || pageTags.has(tree.tagOf(node))) continue;
    while (block < blocks.count && blocks.first[block]! < node) block++;
    for (; block < blocks.count && blocks.first[block]! < end; block++) marked[block] = 1;
    node = end - 1;
  }
  for (let at = 0; at < blocks.count; at++) {
    const element = blocks.element[at]!;
    if (marked[at] === 1 || blocks.words[at]! > 12 || !headingTags.has(tree.tagOf(element))) continue;
    if (!commentHeading.test(blockText(tree, blocks, at))) continue;
    const end = tree.end[tree.parent[element]!]!;
    for (let below = at; below < blocks.count && blocks.first[below]! < end; below++) marked[below] = 1;
  }
  return marked;
}

function isNamed(tree: PageTree, node: number, names: Uint8Array): boolean {
  if (tree.itemprop.get(node)?.startsWith('comment') === true) return tree.itemprop.get(node) === 'comment';
  return names[tree.cueNumber[node]!] === 1;
}

function isCommentName(cue: string): boolean {
  return cue.length > 5 && commentName.test(cue) && commentName.test(cue.replace(stateName, ''));
}

/** The heading of the page: it stands in no comment. */
function firstHeading(tree: PageTree): number {
  return tree.name.indexOf(h1);
}
