/** The modes up to the body: `initial`, `before html`, `before head`, `in head`, `after head`, and `text`. */
import { noAttributes } from '../attribute-lists.js';
import { elementKey, traits } from '../element-names.js';
import { modes } from '../modes.js';
import type { Tag } from '../tokenizer.js';
import type { TreeConstruction } from '../tree-construction.js';
import { leadingSpace } from '../white-space.js';
import { endAs, ignore, insertionMode, startAs } from './tag-rules.js';

const html = elementKey('html');
const head = elementKey('head');
const body = elementKey('body');
const template = elementKey('template');

/** Text without the white space that these modes ignore. */
const afterSpace = (text: string): string => text.slice(leadingSpace(text));

function toBeforeHtml(page: TreeConstruction): void {
  page.document.quirks = true;
  page.mode = modes.beforeHtml;
}

export const initial = insertionMode({
  start: {},
  end: {},
  anyStart: (page, tag) => {
    toBeforeHtml(page);
    page.startTagIn(modes.beforeHtml, tag);
  },
  anyEnd: (page, tag) => {
    toBeforeHtml(page);
    page.endTagIn(modes.beforeHtml, tag);
  },
  characters: (page, text) => {
    const rest = afterSpace(text);
    if (rest === '') return;
    toBeforeHtml(page);
    page.charactersIn(modes.beforeHtml, rest);
  },
  atEnd: (page) => {
    toBeforeHtml(page);
    page.end();
  },
});

function openHtml(page: TreeConstruction): void {
  const node = page.document.create(html, noAttributes);
  page.document.append(0, node);
  page.open.push(node);
  page.mode = modes.beforeHead;
}

const anyEndBeforeHtml = (page: TreeConstruction, tag: Tag): void => {
  openHtml(page);
  page.endTagIn(modes.beforeHead, tag);
};

export const beforeHtml = insertionMode({
  start: {
    html: (page, tag) => {
      const node = page.document.create(html, tag.attributes);
      page.document.append(0, node);
      page.open.push(node);
      page.mode = modes.beforeHead;
    },
  },
  end: { 'head body html br': anyEndBeforeHtml },
  anyStart: (page, tag) => {
    openHtml(page);
    page.startTagIn(modes.beforeHead, tag);
  },
  anyEnd: ignore,
  characters: (page, text) => {
    const rest = afterSpace(text);
    if (rest === '') return;
    openHtml(page);
    page.charactersIn(modes.beforeHead, rest);
  },
  atEnd: (page) => {
    openHtml(page);
    page.end();
  },
});

function openHead(page: TreeConstruction): void {
  page.head = page.insertOpen(head);
  page.mode = modes.inHead;
}

export const beforeHead = insertionMode({
  start: {
    html: startAs(modes.inBody),
    head: (page, tag) => {
      page.head = page.insertElement(tag);
      page.mode = modes.inHead;
    },
  },
  end: {
    'head body html br': (page, tag) => {
      openHead(page);
      page.endTagIn(modes.inHead, tag);
    },
  },
  anyStart: (page, tag) => {
    openHead(page);
    page.startTagIn(modes.inHead, tag);
  },
  anyEnd: ignore,
  characters: (page, text) => {
    const rest = afterSpace(text);
    if (rest === '') return;
    openHead(page);
    page.charactersIn(modes.inHead, rest);
  },
  atEnd: (page) => {
    openHead(page);
    page.end();
  },
});

function closeHead(page: TreeConstruction): void {
  page.open.pop();
  page.mode = modes.afterHead;
}

/** Ends a template: everything that is open in it is closed. */
export function closeTemplate(page: TreeConstruction): void {
  if (page.open.last(template) < 0) return;
  page.impliedEndTags(-1, traits.impliedEndThoroughly);
  page.popThrough(template);
  page.formatting.clearToMarker();
  page.templateModes.pop();
  page.resetMode();
}

export const inHead = insertionMode({
  start: {
    html: startAs(modes.inBody),
    'base basefont bgsound link meta': (page, tag) => page.insertVoid(tag),
    title: (page, tag) => page.insertRaw(tag, 'escapable'),
    'noscript noframes style': (page, tag) => page.insertRaw(tag, 'raw'),
    script: (page, tag) => page.insertRaw(tag, 'script'),
    template: (page, tag) => {
      page.insertElement(tag);
      page.formatting.mark();
      page.framesetAllowed = false;
      page.mode = modes.inTemplate;
      page.templateModes.push(modes.inTemplate);
    },
    head: ignore,
  },
  end: {
    head: closeHead,
    'body html br': (page, tag) => {
      closeHead(page);
      page.endTagIn(modes.afterHead, tag);
    },
    template: closeTemplate,
  },
  anyStart: (page, tag) => {
    closeHead(page);
    page.startTagIn(modes.afterHead, tag);
  },
  anyEnd: ignore,
  characters: (page, text) => {
    const space = leadingSpace(text);
    if (space > 0) page.insertText(text.slice(0, space));
    if (space === text.length) return;
    closeHead(page);
    page.charactersIn(modes.afterHead, text.slice(space));
  },
  atEnd: (page) => {
    closeHead(page);
    page.end();
  },
});

function openBody(page: TreeConstruction): void {
  page.insertOpen(body);
  page.mode = modes.inBody;
}

export const afterHead = insertionMode({
  start: {
    html: startAs(modes.inBody),
    body: (page, tag) => {
      page.insertElement(tag);
      page.framesetAllowed = false;
      page.mode = modes.inBody;
    },
    frameset: (page, tag) => {
      page.insertElement(tag);
      page.mode = modes.inFrameset;
    },
    'base basefont bgsound link meta noframes script style template title': (page, tag) => {
      page.open.push(page.head);
      const place = page.open.size - 1;
      page.rules.modes[modes.inHead]!.startTag(page, tag);
      // The head is open for this element only; what was opened in it stays.
      page.open.replaceFrom(place, page.open.nodes.slice(place + 1));
    },
    head: ignore,
  },
  end: {
    template: endAs(modes.inHead),
    'body html br': (page, tag) => {
      openBody(page);
      page.endTagIn(modes.inBody, tag);
    },
  },
  anyStart: (page, tag) => {
    openBody(page);
    page.startTagIn(modes.inBody, tag);
  },
  anyEnd: ignore,
  characters: (page, text) => {
    const space = leadingSpace(text);
    if (space > 0) page.insertText(text.slice(0, space));
    if (space === text.length) return;
    openBody(page);
    page.charactersIn(modes.inBody, text.slice(space));
  },
  atEnd: (page) => {
    openBody(page);
    page.end();
  },
});

/** The text of an element without markup in it. */
export const inText = insertionMode({
  start: {},
  end: {},
  anyStart: ignore,
  anyEnd: (page) => {
    page.open.pop();
    page.mode = page.originalMode;
  },
  characters: (page, text) => page.insertText(text),
  atEnd: (page) => {
    page.open.pop();
    page.mode = page.originalMode;
    page.end();
  },
});
