/** Pages without main content: boilerplate alone, an application that scripts would fill. */
import type { Random } from '@llm/core';
import texts from '../texts/sites/boilerplate.json' with { type: 'json' };
import type { World } from '../world/world.js';
import type { HtmlDocument } from './document.js';
import type { Site } from './site.js';

function boilerplateOnly(_world: World, site: Site, random: Random): HtmlDocument {
  const items = (words: readonly string[]): string =>
    words.map((word) => `<li><a href="/${random.integer(999)}">${word}</a></li>`).join('');
  return {
    html: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${site.name}</title></head><body>
<header><nav><ul>${items(site.navigation)}</ul></nav></header>
<div class="cookie-banner">${site.cookies}</div>
<aside><ul>${items(site.related)}</ul></aside>
<footer><p>${site.footer}</p><p>${site.newsletter}</p></footer>
</body></html>
`,
    boilerplate: [site.cookies, ...site.related, site.footer, site.newsletter],
  };
}

function scriptOnly(_world: World, site: Site, random: Random): HtmlDocument {
  const id = random.integer(1_000_000);
  return {
    html: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${site.name}</title><script defer src="/static/main.${id}.js"></script>
<script>window.__STATE__ = {"user":null,"items":[${id},${id + 1}],"text":"${texts.scriptState}"};</script></head>
<body><noscript>${texts.noScript}</noscript><div id="root"></div>
<script>(function(){var a=document.getElementById("root");for(var i=0;i<${id % 90};i++){a.dataset.n=i;}})();</script></body></html>
`,
    boilerplate: [texts.noScript, '__STATE__', texts.scriptSign],
  };
}

export const emptyDocuments = {
  'boilerplate-only': boilerplateOnly,
  'script-only': scriptOnly,
} as const;

export type EmptyKind = keyof typeof emptyDocuments;
