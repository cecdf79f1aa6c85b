/**
 * Formulas, each written once as TeX: MathML (its TeX annotation, `alttext`, or the elements themselves), and
 * the scripts and drawings of MathJax and KaTeX, which hold a formula up to three times.
 */

import { cleanText } from '../html/clean-text.js';
import { namespaces } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';
import { following, textBelow } from '../html/walk.js';
import { mathmlToTex } from './mathml-to-tex.js';

/** Drawn copies of a formula whose source stands beside them. */
const drawnCopy =
  /(?:^|\s)(?:katex-html|MathJax_Preview|MathJax|MathJax_Display|MathJax_SVG|MathJax_SVG_Display|MathJax_CHTML|mjx-chtml|MJXc-display|mwe-math-fallback-image-(?:inline|display)|mwe-math-fallback-source-inline)(?:\s|$)/;

/** Elements that may be formulas. */
export const formulaTags: ReadonlySet<string> = new Set([
  'math',
  'script',
  'mjx-container',
  'span',
  'div',
  'img',
]);

/** A formula with its delimiters, `drawn` for a copy that is left out, undefined for what is no formula. */
export function formulaAt(document: HtmlDocument, node: number, name: string): string | undefined {
  const key = document.key[node]!;
  if (name === 'math' && (key & 3) === namespaces.math) return mathml(document, node);
  if (name === 'script') return texScript(document, node);
  if (name === 'mjx-container') return mathJax3(document, node);
  if (name !== 'span' && name !== 'div' && name !== 'img') return undefined;
  const names = document.attribute(node, 'class');
  if (names === undefined) return undefined;
  if (name === 'img')
    return drawnCopy.test(names) && hasFormula(document, document.parent[node]!)
      ? 'drawn'
      : texPicture(document, node, names);
  if (!drawnCopy.test(names)) return undefined;
  if (names.includes('katex-html')) return hasFormula(document, document.parent[node]!) ? 'drawn' : undefined;
  const source = document.attribute(node, 'data-mathml');
  // MathJax 2 writes its script after the drawing; a saved page may have lost it.
  if (source === undefined || scriptFollows(document, node)) return 'drawn';
  return undefined;
}

function delimited(tex: string, display: boolean): string | undefined {
  const text = cleanText(tex).replace(/\s+/g, ' ').trim();
  if (text === '') return undefined;
  return display ? `\\[${text}\\]` : `\\(${text}\\)`;
}

function mathml(document: HtmlDocument, node: number): string | undefined {
  const display =
    document.attribute(node, 'display') === 'block' || document.attribute(node, 'mode') === 'display';
  const tex =
    annotationOf(document, node) ?? document.attribute(node, 'alttext') ?? mathmlToTex(document, node);
  return delimited(withoutDisplayStyle(tex), display) ?? 'drawn';
}

/** Wikipedia wraps every formula so. */
function withoutDisplayStyle(tex: string): string {
  const found = /^\s*\{\\(?:displaystyle|textstyle)\s([\s\S]*)\}\s*$/.exec(tex);
  return found === null ? tex : found[1]!;
}

function annotationOf(document: HtmlDocument, root: number): string | undefined {
  for (let node = document.first[root]!; node >= 0 && node !== root; node = following(document, node, root)) {
    const key = document.key[node]!;
    if (key < 0 || document.names.name(key) !== 'annotation') continue;
    if (/tex/i.test(document.attribute(node, 'encoding') ?? '')) return textBelow(document, node);
  }
  return undefined;
}

function texScript(document: HtmlDocument, node: number): string | undefined {
  const type = document.attribute(node, 'type');
  if (type === undefined || !/^math\/(?:tex|asciimath)/i.test(type) || !/tex/i.test(type)) return undefined;
  return delimited(textBelow(document, node), /mode\s*=\s*display/i.test(type));
}

/** MathJax 3 draws, and keeps MathML for screen readers. */
function mathJax3(document: HtmlDocument, root: number): string | undefined {
  for (let node = document.first[root]!; node >= 0 && node !== root; node = following(document, node, root)) {
    const key = document.key[node]!;
    if (key >= 0 && (key & 3) === namespaces.math && document.names.name(key) === 'math') {
      const formula = mathml(document, node);
      if (formula === undefined || !formula.startsWith('\\(')) return formula;
      return document.attribute(root, 'display') === 'true' ? `\\[${formula.slice(2, -2)}\\]` : formula;
    }
  }
  return 'drawn';
}

/** A picture of a formula with its TeX for those who do not see it (WordPress, MediaWiki without MathML). */
function texPicture(document: HtmlDocument, node: number, names: string): string | undefined {
  if (!/(?:^|\s)(?:la)?tex(?:\s|$)|mwe-math-fallback-image|ee_img\s+tr_noresize/i.test(names))
    return undefined;
  const tex = document.attribute(node, 'alt') ?? '';
  const bare = tex.replace(/^\$\$?|\$\$?$/g, '').replace(/^\\\(|\\\)$/g, '');
  return delimited(withoutDisplayStyle(bare), false);
}

/** Whether there is MathML below one of the children of an element. */
function hasFormula(document: HtmlDocument, root: number): boolean {
  let looked = 0;
  for (let node = document.first[root]!; node >= 0 && node !== root; node = following(document, node, root)) {
    const key = document.key[node]!;
    if (key >= 0 && (key & 3) === namespaces.math) return true;
    // It stands before the drawing, not far.
    if (++looked > 20) return false;
  }
  return false;
}

function scriptFollows(document: HtmlDocument, node: number): boolean {
  for (let at = document.next[node]!, looked = 0; at >= 0 && looked < 4; at = document.next[at]!, looked++) {
    const key = document.key[at]!;
    if (key >= 0 && document.names.name(key) === 'script')
      return /^math\//i.test(document.attribute(at, 'type') ?? '');
  }
  return false;
}
