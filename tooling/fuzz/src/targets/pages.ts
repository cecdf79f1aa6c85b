/** Pages of HTML and XHTML: damaged ones, and soups of tags that are written by the damaged bytes. */
import { decodeText, extractText } from '@llm/data';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';

const sentence =
  'The river rises in the hills above the town &amp; runs past an old mill on its way to the sea.';
const seeds: Readonly<Record<string, string>> = {
  article: `<!doctype html><html lang=en><head><meta charset="utf-8"><title>Mill</title><script type="application/ld+json">{"@graph":[{"@type":"Article","headline":"Mill","author":[{"name":"Anna Gray"}],"datePublished":"2020-01-05","license":"https://creativecommons.org/licenses/by/4.0/"}]}</script><meta property="og:title" content="Mill"></head><body class=a><nav><a href="/">Home</a></nav><article><h1>The mill</h1><p>${sentence}<ul><li>one<ol start=3><li>two</ol></ul><table><tr><th rowspan=2>1<td colspan=3>2</table></article><script>x("</p>")</script></body></html>`,
  code: `<base href="https://e.org/"><main><h2>Use</h2><p>${sentence} <code>a\`b</code> <a href="x?y&z">link</a><pre class="language-js"><code>if (a) {\n\n}</code></pre><blockquote><p>* x _y_ [z]</blockquote><xmp><b></xmp>`,
  formulas: `<p>${sentence} <math display=block><semantics><mfrac><mi>x</mi><mn>2</mn></mfrac><annotation encoding="application/x-tex">\\frac x2</annotation></semantics></math><script type="math/tex">y</script><span class=katex-html>z</span><ruby>東<rt>とう</rt></ruby>`,
  foreign: `<svg><title><p>a</svg><math><mi><table><template><tr><td></template><select><option>x<noscript>y</noscript><textarea></p></textarea><!-- c --><![CDATA[d]]>`,
  formatting: `<a href=1><b><i><p>one</b><div>two</i></a><table><b>three<tr><td>four<font size=1><nobr>five<marquee></table>`,
};

/** What the bytes of a soup stand for. */
const pieces =
  '<a href=x> </a> <b> </b> <i class=y> </i> <font size=1> <p> </p> <div> </div> <span> <table> </table> <tr> <td> </td> <tbody> <caption> <col> <ul> <ol> <li> </ul> <dl> <dd> <h1> </h1> <form> </form> <input> <button> </button> <select> <option> </select> <pre> </pre> <textarea> </textarea> <script> </script> <style> <title> <template> </template> <svg> </svg> <g> <foreignObject> <math> <mi> <annotation-xml> <ruby> <rt> <blockquote> </blockquote> <article> <section> <br> <hr> <img> <iframe> <noscript> <frameset> <html> <body> </body> <head> <nobr> <object> <marquee> <plaintext> <!-- --> <![CDATA[ ]]> </x> <x> &amp &#x80; text text. \n'
    .split(' ')
    .concat(' ', `${sentence} `);

function soup(bytes: Uint8Array): string {
  let html = '';
  for (let at = 0; at + 1 < bytes.length && html.length < 400_000; at += 2) {
    const count = bytes[at + 1]!;
    html += pieces[bytes[at]! % pieces.length]!.repeat(count > 252 ? 3000 : 1 + (count % 3));
  }
  return html;
}

const readAll = (html: string, contentType: string): void => {
  const url = 'https://example.org/';
  extractText(html, { contentType, url });
  extractText(html, { contentType, url, format: 'markdown', links: true });
  extractText(html, { contentType, format: 'blocks' });
};

export const pageTargets: readonly FuzzTarget[] = [
  {
    name: 'html',
    seeds: Object.fromEntries(Object.entries(seeds).map(([name, page]) => [name, bytesOf(page)])),
    run: (bytes) => readAll(decodeText(bytes, {})?.text ?? '', 'text/html'),
  },
  {
    name: 'xhtml',
    seeds: {
      page: bytesOf(
        `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script/></head><body><p>${sentence}</p><![CDATA[<x>]]><svg xmlns="http://www.w3.org/2000/svg"><g/></svg></body></html>`,
      ),
    },
    run: (bytes) => readAll(textOf(bytes), 'application/xhtml+xml'),
  },
  {
    name: 'tag soup',
    seeds: {
      short: Uint8Array.from({ length: 60 }, (_, at) => (at * 7919) % 251),
      long: Uint8Array.from({ length: 400 }, (_, at) => (at * at * 31 + at) % 256),
    },
    run: (bytes) => readAll(soup(bytes), 'text/html'),
  },
];
