/**
 * Small pages without any names, made of a run of content blocks of a real page and some of its links: what a
 * person writes by hand or a converter makes. The benchmarks hold hardly any, and a model that has never seen
 * one takes the lack of everything else for a sign of boilerplate.
 */
import { blockText } from '../../../packages/data/src/extraction/block-text.js';
import type { LabelledPage } from './labelled-pages.js';
import type { RealPage } from './real-pages.js';

const escapeHtml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

export function plainPage(source: LabelledPage, seed: number): RealPage | undefined {
  const { tree, blocks, labels, page } = source;
  const content: number[] = [];
  for (let block = 0; block < blocks.count; block++) if (labels[block]! >= 0.8) content.push(block);
  if (content.length < 4 || page.text === undefined) return undefined;
  let state = seed * 2654435761 + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const length = Math.min(content.length, 4 + random(24));
  const from = random(content.length - length + 1);
  const run = content.slice(from, from + length);
  const lines: string[] = [];
  const html: string[] = [];
  const wrap = ['main', 'article', 'div', 'body'][random(4)]!;
  if (wrap !== 'body') html.push(`<${wrap}>`);
  const linkEvery = random(3) === 0 ? 2 : 0;
  let open = '';
  let row = -1;
  const close = (): void => {
    if (open === 'table') html.push('</tr></table>');
    else if (open !== '') html.push(`</${open}>`);
    open = '';
  };
  for (const [at, block] of run.entries()) {
    const text = blockText(tree, blocks, block);
    const tag = tree.tagOf(blocks.element[block]!);
    lines.push(text);
    const list =
      tag === 'li' ? 'ul' : tag === 'td' || tag === 'th' ? 'table' : tag === 'dt' || tag === 'dd' ? 'dl' : '';
    if (list !== open) {
      close();
      if (list === 'table') html.push('<table><tr>');
      else if (list !== '') html.push(`<${list}>`);
      open = list;
      row = tree.parent[blocks.element[block]!]!;
    }
    const inner =
      linkEvery > 0 && at % linkEvery === 0 && text.length < 40 && list !== ''
        ? `<a href="/p${at}">${escapeHtml(text)}</a>`
        : escapeHtml(text);
    if (list === 'table') {
      const parent = tree.parent[blocks.element[block]!]!;
      html.push(`${parent === row ? '' : '</tr><tr>'}<${tag}>${inner}</${tag}>`);
      row = parent;
    } else if (list !== '') html.push(`<${tag}>${inner}</${tag}>`);
    else if (/^(?:h[1-6]|pre|blockquote)$/.test(tag)) html.push(`<${tag}>${inner}</${tag}>`);
    else html.push(`<p>${inner}</p>`);
  }
  close();
  if (wrap !== 'body') html.push(`</${wrap}>`);
  const links: string[] = [];
  for (let block = 0; block < blocks.count && links.length < 12; block++) {
    if (
      labels[block] === 0 &&
      2 * blocks.linked[block]! > blocks.length[block]! &&
      blocks.words[block]! < 6
    ) {
      links.push(`<li><a href="/l${block}">${escapeHtml(blockText(tree, blocks, block))}</a></li>`);
    }
  }
  const nav = random(3) === 0 ? '' : `<nav><ul>${links.slice(0, 2 + random(8)).join('')}</ul></nav>`;
  const footer =
    random(2) === 0
      ? ''
      : `<footer><p>© ${2000 + random(26)} ${escapeHtml(tree.title.slice(0, 30))}, all rights reserved</p></footer>`;
  return {
    ...page,
    set: 'plain',
    html: `<!doctype html><html><head><title>${escapeHtml(tree.title)}</title></head><body>${nav}${html.join('\n')}${footer}</body></html>`,
    text: lines.join('\n'),
    isPrefix: false,
  };
}
