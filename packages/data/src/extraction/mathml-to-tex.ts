/** MathML without a TeX annotation → TeX: rows, scripts, fractions, roots, tables. Styles are left out. */
import { kinds } from '../html/element-names.js';
import type { HtmlDocument } from '../html/html-document.js';

/** Deeper elements are written as their text. */
const deepest = 64;

export function mathmlToTex(document: HtmlDocument, node: number, depth = 0): string {
  const key = document.key[node]!;
  if (key === kinds.text) return document.textOf(node).trim();
  if (key < 0) return '';
  const parts: string[] = [];
  for (let child = document.first[node]!; child >= 0; child = document.next[child]!) {
    const isBlank = document.key[child] === kinds.text && document.textOf(child).trim() === '';
    if (!isBlank && depth < deepest) parts.push(mathmlToTex(document, child, depth + 1));
  }
  const at = (index: number): string => parts[index] ?? '';
  switch (document.names.name(key)) {
    case 'annotation':
    case 'annotation-xml':
    case 'mspace':
    case 'mphantom':
      return '';
    case 'mtext':
      return `\\text{${parts.join('')}}`;
    case 'mi': {
      const text = parts.join('');
      return text.length > 1 && /^[A-Za-z]+$/.test(text) ? `\\mathrm{${text}}` : text;
    }
    case 'msup':
      return `${base(at(0))}^{${at(1)}}`;
    case 'msub':
      return `${base(at(0))}_{${at(1)}}`;
    case 'msubsup':
      return `${base(at(0))}_{${at(1)}}^{${at(2)}}`;
    case 'munder':
      return `\\underset{${at(1)}}{${at(0)}}`;
    case 'mover':
      return `\\overset{${at(1)}}{${at(0)}}`;
    case 'munderover':
      return `${base(at(0))}_{${at(1)}}^{${at(2)}}`;
    case 'mfrac':
      return `\\frac{${at(0)}}{${at(1)}}`;
    case 'msqrt':
      return `\\sqrt{${parts.join('')}}`;
    case 'mroot':
      return `\\sqrt[${at(1)}]{${at(0)}}`;
    case 'mtable':
      return `\\begin{matrix}${parts.join(' \\\\ ')}\\end{matrix}`;
    case 'mtr':
      return parts.join(' & ');
    default:
      return parts.join('');
  }
}

const base = (tex: string): string => (tex.length > 1 && !tex.startsWith('\\') ? `{${tex}}` : tex);
