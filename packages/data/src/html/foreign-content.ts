/** Tags and text inside SVG and MathML, and where HTML begins again in them. */
import { elementKey, nameNumber, namespaces } from './element-names.js';
import type { Tag } from './tokenizer.js';
import type { ForeignRules, TreeConstruction } from './tree-construction.js';

const keys = (names: string): ReadonlySet<number> => new Set(names.split(' ').map(elementKey));

const mathText = keys('math:mi math:mo math:mn math:ms math:mtext');
const svgHtml = keys('svg:foreignobject svg:desc svg:title');
const annotation = elementKey('math:annotation-xml');
const svg = nameNumber('svg');
const mglyph = nameNumber('mglyph');
const malignmark = nameNumber('malignmark');
const font = nameNumber('font');
const htmlTags = new Set(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'
    .split(' ')
    .map(nameNumber),
);

/** Elements of MathML and SVG whose content may be HTML. */
function isHtmlIntegrationPoint(page: TreeConstruction, node: number): boolean {
  const key = page.document.key[node]!;
  if (svgHtml.has(key)) return true;
  if (key !== annotation) return false;
  const encoding = page.document.attribute(node, 'encoding')?.toLowerCase();
  return encoding === 'text/html' || encoding === 'application/xhtml+xml';
}

/** Closes foreign elements up to HTML. */
function leave(page: TreeConstruction): void {
  const { open } = page;
  while (
    (open.currentKey & 3) !== namespaces.html &&
    !mathText.has(open.currentKey) &&
    !isHtmlIntegrationPoint(page, open.current)
  )
    open.pop();
}

const leaves = (page: TreeConstruction, tag: Tag): boolean =>
  htmlTags.has(tag.number) ||
  (tag.number === font &&
    ['color', 'face', 'size'].some((name) => page.document.lists.get(tag.attributes, name) !== undefined));

export const foreignRules: ForeignRules = {
  isForeign: (page, tag) => {
    const key = page.open.currentKey;
    if (mathText.has(key)) return tag !== undefined && (tag.number === mglyph || tag.number === malignmark);
    if (key === annotation && tag?.number === svg) return false;
    return !isHtmlIntegrationPoint(page, page.open.current);
  },

  startTag: (page, tag) => {
    if (leaves(page, tag)) {
      leave(page);
      page.rules.modes[page.mode]!.startTag(page, tag);
      return;
    }
    page.insertElement(tag, page.open.currentKey & 3);
    if (tag.selfClosing) page.open.pop();
  },

  endTag: (page, tag) => {
    const { open, document } = page;
    const name = document.names.name(tag.number << 2);
    if (name === 'p' || name === 'br') {
      leave(page);
      page.rules.modes[page.mode]!.endTag(page, tag);
      return;
    }
    // The nearest element of the name in either vocabulary, with no HTML element above it.
    const place = Math.max(
      open.last((tag.number << 2) | namespaces.math),
      open.last((tag.number << 2) | namespaces.svg),
    );
    if (place > open.lastHtml) open.popTo(place);
    else page.rules.modes[page.mode]!.endTag(page, tag);
  },

  characters: (page, text) => {
    page.insertText(text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text);
    if (page.framesetAllowed && /[^\t\n\f\r \0]/.test(text)) page.framesetAllowed = false;
  },
};
