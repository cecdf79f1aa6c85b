/** The modes behind the body, those of framesets, and `in template`. */
import { elementKey } from '../element-names.js';
import { modes } from '../modes.js';
import type { TreeConstruction } from '../tree-construction.js';
import { insertSpace, leadingSpace } from '../white-space.js';
import { closeTemplate } from './before-body.js';
import { endAs, ignore, insertionMode, startAs, type TagRule } from './tag-rules.js';

const frameset = elementKey('frameset');
const template = elementKey('template');

const bodyText = (page: TreeConstruction, text: string): void =>
  page.rules.modes[modes.inBody]!.characters(page, text);

/** White space belongs to the body; anything else opens it again. */
const behind = (mode: number): ReturnType<typeof insertionMode> =>
  insertionMode({
    start: { html: startAs(modes.inBody) },
    end:
      mode === modes.afterBody
        ? {
            html: (page) => {
              page.mode = modes.afterAfterBody;
            },
          }
        : {},
    anyStart: (page, tag) => page.startTagIn(modes.inBody, tag),
    anyEnd: (page, tag) => page.endTagIn(modes.inBody, tag),
    characters: (page, text) => {
      const space = leadingSpace(text);
      if (space > 0) bodyText(page, text.slice(0, space));
      page.charactersIn(space < text.length ? modes.inBody : mode, text.slice(space));
    },
    atEnd: ignore,
  });

export const afterBody = behind(modes.afterBody);
export const afterAfterBody = behind(modes.afterAfterBody);

export const inFrameset = insertionMode({
  start: {
    html: startAs(modes.inBody),
    frameset: (page, tag) => void page.insertElement(tag),
    frame: (page, tag) => page.insertVoid(tag),
    noframes: startAs(modes.inHead),
  },
  end: {
    frameset: (page) => {
      if (page.open.size <= 1) return;
      page.open.pop();
      if (page.open.currentKey !== frameset) page.mode = modes.afterFrameset;
    },
  },
  anyStart: ignore,
  anyEnd: ignore,
  characters: insertSpace,
  atEnd: ignore,
});

export const afterFrameset = insertionMode({
  start: { html: startAs(modes.inBody), noframes: startAs(modes.inHead) },
  end: {
    html: (page) => {
      page.mode = modes.afterAfterFrameset;
    },
  },
  anyStart: ignore,
  anyEnd: ignore,
  characters: insertSpace,
  atEnd: ignore,
});

export const afterAfterFrameset = insertionMode({
  start: { html: startAs(modes.inBody), noframes: startAs(modes.inHead) },
  end: {},
  anyStart: ignore,
  anyEnd: ignore,
  characters: (page, text) => {
    const space = text.replace(/[^\t\n\f\r ]+/g, '');
    if (space !== '') bodyText(page, space);
  },
  atEnd: ignore,
});

/** The first tag of a template's content says what the content is. */
const contentOf =
  (mode: number): TagRule =>
  (page, tag) => {
    page.templateModes[page.templateModes.length - 1] = mode;
    page.startTagIn(mode, tag);
  };

export const inTemplate = insertionMode({
  start: {
    'base basefont bgsound link meta noframes script style template title': startAs(modes.inHead),
    'caption colgroup tbody tfoot thead': contentOf(modes.inTable),
    col: contentOf(modes.inColumnGroup),
    tr: contentOf(modes.inTableBody),
    'td th': contentOf(modes.inRow),
  },
  end: { template: endAs(modes.inHead) },
  anyStart: contentOf(modes.inBody),
  anyEnd: ignore,
  characters: bodyText,
  atEnd: (page) => {
    if (page.open.last(template) < 0) return;
    while (page.open.last(template) >= 0) closeTemplate(page);
    page.end();
  },
});
