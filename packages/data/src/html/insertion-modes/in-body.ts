/** The mode `in body`, the one that most of a page is read in. */
import { closeByName, closeFormatting } from '../adoption-agency.js';
import { type AttributeLists, noAttributes } from '../attribute-lists.js';
import { elementKey, namespaces, traits, traitsOf } from '../element-names.js';
import { modes } from '../modes.js';
import type { Tag } from '../tokenizer.js';
import type { TreeConstruction } from '../tree-construction.js';
import { endAs, ignore, insertionMode, startAs, type TagRule } from './tag-rules.js';

const a = elementKey('a');
const body = elementKey('body');
const button = elementKey('button');
const dd = elementKey('dd');
const dt = elementKey('dt');
const form = elementKey('form');
const li = elementKey('li');
const nobr = elementKey('nobr');
const optgroup = elementKey('optgroup');
const option = elementKey('option');
const p = elementKey('p');
const rtc = elementKey('rtc');
const ruby = elementKey('ruby');
const select = elementKey('select');
const template = elementKey('template');
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(elementKey);

const block: TagRule = (page, tag) => {
  page.closeParagraph();
  page.insertElement(tag);
};

const closeBlock: TagRule = (page, tag) => {
  const key = tag.number << 2;
  if (!page.hasInScope(key)) return;
  page.impliedEndTags();
  page.popThrough(key);
};

const formatting: TagRule = (page, tag) => {
  page.reconstructFormatting();
  page.formatting.push(page.insertElement(tag));
};

/** An item closes the one before it in the same list. */
const item =
  (...keys: readonly number[]): TagRule =>
  (page, tag) => {
    page.framesetAllowed = false;
    const { open } = page;
    const place = Math.max(...keys.map((key) => open.last(key)));
    if (place >= 0 && place >= open.lastBoundary(traits.specialButFlow)) {
      page.impliedEndTags(page.document.key[open.nodes[place]!]!);
      open.popTo(place);
    }
    block(page, tag);
  };

const voidElement: TagRule = (page, tag) => {
  page.reconstructFormatting();
  page.insertVoid(tag);
  page.framesetAllowed = false;
};

const marked: TagRule = (page, tag) => {
  page.reconstructFormatting();
  page.insertElement(tag);
  page.formatting.mark();
  page.framesetAllowed = false;
};

const foreign =
  (namespace: number): TagRule =>
  (page, tag) => {
    page.reconstructFormatting();
    page.insertElement(tag, namespace);
    if (tag.selfClosing) page.open.pop();
  };

function closeSelect(page: TreeConstruction): boolean {
  if (!page.hasInScope(select)) return false;
  page.popThrough(select);
  return true;
}

/** Attributes that the element does not have yet. */
function mergeAttributes(page: TreeConstruction, node: number, tag: Tag): void {
  const { attributes, lists } = page.document;
  if (tag.attributes === noAttributes) return;
  let own = page.merged.get(node);
  if (own === undefined) {
    own = pairsOf(lists, attributes[node]!);
    page.merged.set(node, own);
  }
  for (const [name, value] of pairsOf(lists, tag.attributes)) if (!own.has(name)) own.set(name, value);
}

function pairsOf(lists: AttributeLists, list: number): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 0; at < lists.count(list); at++) pairs.set(lists.name(list, at), lists.value(list, at));
  return pairs;
}

/** Text of the body; what is not white space forbids a frameset. */
function characters(page: TreeConstruction, text: string): void {
  const kept = text.includes('\0') ? text.replaceAll('\0', '') : text;
  if (kept === '') return;
  page.reconstructFormatting();
  page.insertText(kept);
  if (page.framesetAllowed && /[^\t\n\f\r ]/.test(kept)) page.framesetAllowed = false;
}

const ruleStart: Record<string, TagRule> = {
  html: (page, tag) => {
    if (page.open.last(template) < 0) mergeAttributes(page, page.open.nodes[0]!, tag);
  },
  'base basefont bgsound link meta noframes script style template title': startAs(modes.inHead),
  body: (page, tag) => {
    const node = page.open.nodes[1] ?? -1;
    if (node < 0 || page.document.key[node] !== body || page.open.last(template) >= 0) return;
    page.framesetAllowed = false;
    mergeAttributes(page, node, tag);
  },
  frameset: (page, tag) => {
    const node = page.open.nodes[1] ?? -1;
    if (node < 0 || page.document.key[node] !== body || !page.framesetAllowed) return;
    page.document.detach(node);
    page.open.popTo(1);
    page.insertElement(tag);
    page.mode = modes.inFrameset;
  },
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup main menu nav ol p search section summary ul':
    block,
  'h1 h2 h3 h4 h5 h6': (page, tag) => {
    page.closeParagraph();
    if ((traitsOf(page.open.currentKey) & traits.heading) !== 0) page.open.pop();
    page.insertElement(tag);
  },
  'pre listing': (page, tag) => {
    block(page, tag);
    page.skipLineFeed = true;
    page.framesetAllowed = false;
  },
  form: (page, tag) => {
    const inTemplate = page.open.last(template) >= 0;
    if (page.form >= 0 && !inTemplate) return;
    page.closeParagraph();
    const node = page.insertElement(tag);
    if (!inTemplate) page.form = node;
  },
  li: item(li),
  'dd dt': item(dd, dt),
  plaintext: (page, tag) => {
    block(page, tag);
    page.tokenizer.textMode = 'plain';
  },
  button: (page, tag) => {
    if (page.hasInScope(button)) {
      page.impliedEndTags();
      page.popThrough(button);
    }
    page.reconstructFormatting();
    page.insertElement(tag);
    page.framesetAllowed = false;
  },
  a: (page, tag) => {
    const open = page.formatting.last(a);
    if (open >= 0) {
      closeFormatting(page, a);
      page.formatting.remove(open);
      page.open.remove(open);
    }
    formatting(page, tag);
  },
  'b big code em font i s small strike strong tt u': formatting,
  nobr: (page, tag) => {
    page.reconstructFormatting();
    if (page.hasInScope(nobr)) {
      closeFormatting(page, nobr);
      page.reconstructFormatting();
    }
    page.formatting.push(page.insertElement(tag));
  },
  'applet marquee object': marked,
  table: (page, tag) => {
    if (!page.document.quirks) page.closeParagraph();
    page.insertElement(tag);
    page.framesetAllowed = false;
    page.mode = modes.inTable;
  },
  'area br embed img keygen wbr': voidElement,
  input: (page, tag) => {
    closeSelect(page);
    page.reconstructFormatting();
    page.insertVoid(tag);
    if (!isHidden(page, tag)) page.framesetAllowed = false;
  },
  'param source track': (page, tag) => page.insertVoid(tag),
  hr: (page, tag) => {
    page.closeParagraph();
    if (page.hasInScope(select)) page.impliedEndTags();
    page.insertVoid(tag);
    page.framesetAllowed = false;
  },
  image: (page, tag) => {
    tag.name = 'img';
    tag.number = elementKey('img') >> 2;
    voidElement(page, tag);
  },
  textarea: (page, tag) => {
    page.insertRaw(tag, 'escapable');
    page.skipLineFeed = true;
    page.framesetAllowed = false;
  },
  xmp: (page, tag) => {
    page.closeParagraph();
    page.reconstructFormatting();
    page.framesetAllowed = false;
    page.insertRaw(tag, 'raw');
  },
  iframe: (page, tag) => {
    page.framesetAllowed = false;
    page.insertRaw(tag, 'raw');
  },
  noembed: (page, tag) => page.insertRaw(tag, 'raw'),
  noscript: (page, tag) => {
    if (page.document.scripting) {
      page.insertRaw(tag, 'raw');
      return;
    }
    page.reconstructFormatting();
    page.insertElement(tag);
  },
  select: (page, tag) => {
    if (closeSelect(page)) return;
    page.reconstructFormatting();
    page.insertElement(tag);
    page.framesetAllowed = false;
  },
  option: (page, tag) => {
    if (page.hasInScope(select)) page.impliedEndTags(optgroup);
    else if (page.open.currentKey === option) page.open.pop();
    page.reconstructFormatting();
    page.insertElement(tag);
  },
  optgroup: (page, tag) => {
    if (page.hasInScope(select)) page.impliedEndTags();
    else if (page.open.currentKey === option) page.open.pop();
    page.reconstructFormatting();
    page.insertElement(tag);
  },
  'rb rtc': (page, tag) => {
    if (page.hasInScope(ruby)) page.impliedEndTags();
    page.insertElement(tag);
  },
  'rp rt': (page, tag) => {
    if (page.hasInScope(ruby)) page.impliedEndTags(rtc);
    page.insertElement(tag);
  },
  math: foreign(namespaces.math),
  svg: foreign(namespaces.svg),
  'caption col colgroup frame head tbody td tfoot th thead tr': ignore,
};

export function isHidden(page: TreeConstruction, tag: Tag): boolean {
  return page.document.lists.get(tag.attributes, 'type')?.toLowerCase() === 'hidden';
}

export const inBody = insertionMode({
  start: ruleStart,
  end: {
    template: endAs(modes.inHead),
    body: (page) => {
      if (page.hasInScope(body)) page.mode = modes.afterBody;
    },
    html: (page, tag) => {
      if (page.hasInScope(body)) page.endTagIn(modes.afterBody, tag);
    },
    'address article aside blockquote button center details dialog dir div dl fieldset figcaption figure footer header hgroup listing main menu nav ol pre search section select summary ul':
      closeBlock,
    form: (page) => {
      if (page.open.last(template) >= 0) {
        if (!page.hasInScope(form)) return;
        page.impliedEndTags();
        page.popThrough(form);
        return;
      }
      const node = page.form;
      page.form = -1;
      if (node < 0 || page.document.isOpen[node] === 0) return;
      if (page.open.placeOf(node) < page.open.lastBoundary(traits.scope)) return;
      page.impliedEndTags();
      page.open.remove(node);
    },
    p: (page) => {
      if (!page.hasInScope(p, traits.buttonScope)) page.insertOpen(p);
      page.popThrough(p);
    },
    li: (page) => {
      if (!page.hasInScope(li, traits.listScope)) return;
      page.popThrough(li);
    },
    'dd dt': (page, tag) => {
      if (page.hasInScope(tag.number << 2)) page.popThrough(tag.number << 2);
    },
    'h1 h2 h3 h4 h5 h6': (page) => {
      const place = Math.max(...headings.map((key) => page.open.last(key)));
      if (place < 0 || place < page.open.lastBoundary(traits.scope)) return;
      page.open.popTo(place);
    },
    'a b big code em font i nobr s small strike strong tt u': (page, tag) =>
      closeFormatting(page, tag.number << 2),
    'applet marquee object': (page, tag) => {
      const key = tag.number << 2;
      if (!page.hasInScope(key)) return;
      page.popThrough(key);
      page.formatting.clearToMarker();
    },
    br: (page, tag) => {
      tag.attributes = noAttributes;
      voidElement(page, tag);
    },
  },
  anyStart: (page, tag) => {
    page.reconstructFormatting();
    page.insertElement(tag);
  },
  anyEnd: (page, tag) => closeByName(page, tag.number << 2),
  characters,
  atEnd: (page) => {
    if (page.templateModes.length > 0) page.rules.modes[modes.inTemplate]!.end(page);
  },
});
