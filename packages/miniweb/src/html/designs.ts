/** Seven ways a site wraps its main content. Each returns the body and the strings that are not content. */
import type { Random } from '@llm/core';
import type { Block } from '../content/block.js';
import { splitList } from '../patterns/split-list.js';
import texts from '../texts/sites/boilerplate.json' with { type: 'json' };
import { blocksAsBreaks, blocksAsElements, escapeHtml } from './markup.js';
import type { Design, Site } from './site.js';

interface Body {
  readonly html: string;
  /** Strings of the page that extraction must not yield. */
  readonly boilerplate: readonly string[];
}

type Render = (site: Site, blocks: readonly Block[], random: Random) => Body;

const links = (words: readonly string[], open: string, close: string): string =>
  words
    .map(
      (word, index) =>
        `${open}<a href="/${word.toLowerCase().replaceAll(' ', '-')}/${index}">${escapeHtml(word)}</a>${close}`,
    )
    .join('\n');

const semantic: Render = (site, blocks, random) => ({
  html: `<header class="site-header"><a class="logo" href="/">${site.name}</a>
<nav aria-label="Main"><ul>
${links(site.navigation, '<li>', '</li>')}
</ul></nav></header>
<main id="main"><article>
${blocksAsElements(blocks, random)}
</article></main>
<aside class="sidebar"><h3>${site.related[0]}</h3><ul>
${links(site.related.slice(1), '<li>', '</li>')}
</ul></aside>
<footer><p>&copy; ${site.name}. ${site.footer}</p></footer>
<div class="cookie-banner" role="dialog"><p>${site.cookies}</p><button>OK</button></div>`,
  boilerplate: [...site.related, site.footer, site.cookies],
});

const divs: Render = (site, blocks, random) => ({
  html: `<div id="wrapper"><div id="header"><div class="logo">${site.name}</div>
<ul class="menu">
${links(site.navigation, '<li class="menu-item">', '</li>')}
</ul></div>
<div id="content"><div class="post">
${blocksAsElements(blocks, random)}
</div></div>
<div id="sidebar"><div class="widget"><h3>${site.related[0]}</h3>
<ul>
${links(site.related.slice(1), '<li>', '</li>')}
</ul></div><div class="widget newsletter"><p>${site.newsletter}</p><form action="/subscribe"><input name="mail"><button>Go</button></form></div></div>
<div id="footer"><p>${site.footer}</p></div>
<div id="cookie-notice" class="cookie">${site.cookies}</div></div>`,
  boilerplate: [...site.related, site.newsletter, site.footer, site.cookies],
});

const tables: Render = (site, blocks, random) => ({
  html: `<table width="100%" border="0" cellpadding="4"><tr><td colspan="2" bgcolor="#ddddff"><font size="5" color="navy">${site.name}</font></td></tr>
<tr><td width="150" valign="top" bgcolor="#eeeeee" class="nav">
${links(site.navigation, '<font size="2">', '</font><br>')}
</td><td valign="top" class="content">
${blocksAsElements(blocks, random)}
</td></tr>
<tr><td colspan="2" align="center" class="footer"><font size="1">${site.footer}</font></td></tr></table>`,
  boilerplate: [site.footer],
});

const blog: Render = (site, blocks, random) => ({
  html: `<div class="page"><header id="masthead"><p class="site-title"><a href="/">${site.name}</a></p>
<nav class="main-navigation"><div class="menu">
${links(site.navigation, '<span>', '</span>')}
</div></nav></header>
<div class="site-content"><article class="post type-post hentry"><div class="entry-content">
${blocksAsElements(blocks, random)}
</div>
<div class="sharedaddy share-buttons"><a href="#s1">Share</a> <a href="#s2">Print</a></div></article>
<div class="related-posts"><h3>${site.related[0]}</h3><ul>
${links(site.related.slice(1), '<li>', '</li>')}
</ul></div>
<section id="comments" class="comments-area"><h3>${texts.commentsTitle}</h3><ol class="comment-list"><li class="comment"><p>${texts.comment}</p></li></ol></section></div>
<aside class="widget-area"><p>${site.newsletter}</p></aside>
<footer class="site-footer"><p>${site.footer}</p></footer></div>`,
  boilerplate: [...site.related, site.newsletter, site.footer, texts.commentSign, texts.commentsTitle],
});

const bare: Render = (_site, blocks, random) => ({ html: blocksAsElements(blocks, random), boilerplate: [] });

const breaks: Render = (site, blocks, random) => ({
  html: `<div align="right" class="navigation"><small>
${links(site.navigation.slice(0, 4), '', ' | ')}
</small></div><hr>
<div class="text">
${blocksAsBreaks(blocks, random)}
</div><hr>
<div class="footer"><small>${site.footer}</small></div>`,
  boilerplate: [site.footer],
});

const portal: Render = (site, blocks, random) => {
  const half = Math.ceil(blocks.length / 2);
  const first = blocks.slice(0, half);
  const rest = blocks.slice(half);
  const openList = first.at(-1)?.type === 'item';
  // The second half starts with no heading of its own, so its headings are all below the title.
  const second = blocksAsElements([{ type: 'heading', text: '' }, ...rest], random).replace(
    '<h1></h1>\n',
    '',
  );
  return {
    html: `<div class="consent-overlay" aria-hidden="true"><p>${site.cookies}</p></div>
<header role="banner"><nav role="navigation">
${links(site.navigation, '<a class="skip" href="#"></a>', '')}
</nav></header>
<main role="main"><div class="article-body" itemprop="articleBody">
${blocksAsElements(first, random)}
${openList ? '' : `<div class="ad-slot advertisement" id="ad-1"><span>${site.advertisement}</span></div>`}
${second}
</div></main>
<div class="recommendations sidebar">
${links(site.related, '<div class="teaser">', '</div>')}
</div>
<footer role="contentinfo"><ul>
${links(splitList(texts.imprint), '<li>', '</li>')}
</ul><p>${site.footer}</p></footer>
<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}gtag("config","M-1");</script>`,
    boilerplate: [
      site.cookies,
      ...site.related,
      site.footer,
      ...(openList ? [] : [site.advertisement]),
      'dataLayer',
    ],
  };
};

export const designs: Readonly<Record<Design, Render>> = {
  semantic,
  divs,
  tables,
  blog,
  bare,
  breaks,
  portal,
};
