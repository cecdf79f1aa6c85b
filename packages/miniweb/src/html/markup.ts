/** Blocks as HTML: escaping, inline elements, the ways paragraphs are marked. */
import type { Random } from '@llm/core';
import type { Block } from '../content/block.js';

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A sentence with a word in bold, italics or a link now and then. The text stays the same. */
function inline(text: string, random: Random): string {
  const html = escapeHtml(text);
  if (random.uniform() > 0.4) return html;
  const words = html.split(' ');
  const index = random.integer(words.length);
  const word = words[index]!;
  if (!/^[\p{L}]+$/u.test(word)) return html;
  const choice = random.integer(4);
  if (choice === 0) words[index] = `<b>${word}</b>`;
  else if (choice === 1) words[index] = `<em>${word}</em>`;
  else if (choice === 2)
    words[index] = `<a href="/topic/${random.integer(900)}.html" title="more">${word}</a>`;
  else words[index] = `<span class="hl">${word}</span>`;
  return words.join(' ');
}

/** Headings, paragraphs and lists, one element a line. The first heading is the page's `h1`. */
export function blocksAsElements(blocks: readonly Block[], random: Random): string {
  const lines: string[] = [];
  let inList = false;
  let headings = 0;
  for (const block of blocks) {
    if ((block.type === 'item') !== inList) {
      lines.push(inList ? '</ul>' : '<ul>');
      inList = !inList;
    }
    if (block.type === 'item') lines.push(`<li>${inline(block.text, random)}</li>`);
    else if (block.type === 'heading') {
      const level = headings++ === 0 ? 1 : 2;
      lines.push(`<h${level}>${escapeHtml(block.text)}</h${level}>`);
    } else lines.push(`<p>${inline(block.text, random)}</p>`);
  }
  if (inList) lines.push('</ul>');
  return lines.join('\n');
}

/** Paragraphs held apart by line breaks, as pages were written by hand. */
export function blocksAsBreaks(blocks: readonly Block[], random: Random): string {
  let html = '';
  let headings = 0;
  for (const block of blocks) {
    if (block.type === 'heading')
      html +=
        headings++ === 0 ? `<h1>${escapeHtml(block.text)}</h1>\n` : `<h2>${escapeHtml(block.text)}</h2>\n`;
    else if (block.type === 'item') html += `<ul><li>${inline(block.text, random)}</li></ul>\n`;
    else html += `${inline(block.text, random)}<br><br>\n`;
  }
  return html;
}
