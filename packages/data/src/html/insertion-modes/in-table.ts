/** The modes of tables. What is no part of a table goes before it ("foster parenting"). */
import { elementKey, traits } from '../element-names.js';
import { modes } from '../modes.js';
import type { TreeConstruction } from '../tree-construction.js';
import { insertSpace, leadingSpace } from '../white-space.js';
import { isHidden } from './in-body.js';
import { endAs, ignore, insertionMode, startAs, type TagRule } from './tag-rules.js';

const caption = elementKey('caption');
const colgroup = elementKey('colgroup');
const html = elementKey('html');
const table = elementKey('table');
const tbody = elementKey('tbody');
const td = elementKey('td');
const template = elementKey('template');
const tfoot = elementKey('tfoot');
const th = elementKey('th');
const thead = elementKey('thead');
const tr = elementKey('tr');

/** Closes what is open above the nearest of the elements. */
function clearTo(page: TreeConstruction, ...keys: readonly number[]): void {
  const place = Math.max(0, ...keys.map((key) => page.open.last(key)));
  page.open.popTo(place + 1);
}

const fostered =
  (rule: TagRule): TagRule =>
  (page, tag) => {
    page.fosterParenting = true;
    rule(page, tag);
    page.fosterParenting = false;
  };

function closeTable(page: TreeConstruction): boolean {
  if (!page.hasInScope(table, traits.tableScope)) return false;
  page.popThrough(table);
  page.resetMode();
  return true;
}

const tableText = (page: TreeConstruction, text: string): void => {
  const inRows =
    page.open.currentKey === template || [table, tbody, tfoot, thead, tr].includes(page.open.currentKey);
  if (inRows) {
    page.tableText += text.includes('\0') ? text.replaceAll('\0', '') : text;
    return;
  }
  page.fosterParenting = true;
  page.rules.modes[modes.inBody]!.characters(page, text);
  page.fosterParenting = false;
};

const atEnd = (page: TreeConstruction): void => page.rules.modes[modes.inBody]!.end(page);

/** A row or cell without the elements it stands in. */
const imply =
  (key: number, mode: number, ...context: readonly number[]): TagRule =>
  (page, tag) => {
    clearTo(page, ...context);
    page.insertOpen(key);
    page.startTagIn(mode, tag);
  };

const part =
  (mode: number, ...context: readonly number[]): TagRule =>
  (page, tag) => {
    clearTo(page, ...context);
    page.insertElement(tag);
    page.mode = mode;
  };

const tableContext = [table, template, html] as const;

export const inTable = insertionMode({
  start: {
    caption: (page, tag) => {
      clearTo(page, ...tableContext);
      page.formatting.mark();
      page.insertElement(tag);
      page.mode = modes.inCaption;
    },
    colgroup: part(modes.inColumnGroup, ...tableContext),
    col: imply(colgroup, modes.inColumnGroup, ...tableContext),
    'tbody tfoot thead': part(modes.inTableBody, ...tableContext),
    'td th tr': imply(tbody, modes.inTableBody, ...tableContext),
    table: (page, tag) => {
      if (closeTable(page)) page.startTag(tag);
    },
    'style script template': startAs(modes.inHead),
    input: (page, tag) => {
      if (isHidden(page, tag)) page.insertVoid(tag);
      else fostered(startAs(modes.inBody))(page, tag);
    },
    form: (page, tag) => {
      if (page.form >= 0 || page.open.last(template) >= 0) return;
      page.form = page.insertElement(tag);
      page.open.pop();
    },
  },
  end: {
    table: (page) => void closeTable(page),
    'body caption col colgroup html tbody td tfoot th thead tr': ignore,
    template: endAs(modes.inHead),
  },
  anyStart: fostered(startAs(modes.inBody)),
  anyEnd: fostered(endAs(modes.inBody)),
  characters: tableText,
  atEnd,
});

function closeCaption(page: TreeConstruction): boolean {
  if (!page.hasInScope(caption, traits.tableScope)) return false;
  page.popThrough(caption);
  page.formatting.clearToMarker();
  page.mode = modes.inTable;
  return true;
}

export const inCaption = insertionMode({
  start: {
    'caption col colgroup tbody td tfoot th thead tr': (page, tag) => {
      if (closeCaption(page)) page.startTag(tag);
    },
  },
  end: {
    caption: (page) => void closeCaption(page),
    table: (page, tag) => {
      if (closeCaption(page)) page.endTag(tag);
    },
    'body col colgroup html tbody td tfoot th thead tr': ignore,
  },
  anyStart: startAs(modes.inBody),
  anyEnd: endAs(modes.inBody),
  characters: (page, text) => page.rules.modes[modes.inBody]!.characters(page, text),
  atEnd,
});

function closeColumnGroup(page: TreeConstruction): boolean {
  if (page.open.currentKey !== colgroup) return false;
  page.open.pop();
  page.mode = modes.inTable;
  return true;
}

export const inColumnGroup = insertionMode({
  start: {
    html: startAs(modes.inBody),
    col: (page, tag) => page.insertVoid(tag),
    template: startAs(modes.inHead),
  },
  end: {
    colgroup: (page) => void closeColumnGroup(page),
    col: ignore,
    template: endAs(modes.inHead),
  },
  anyStart: (page, tag) => {
    if (closeColumnGroup(page)) page.startTag(tag);
  },
  anyEnd: (page, tag) => {
    if (closeColumnGroup(page)) page.endTag(tag);
  },
  characters: (page, text) => {
    const space = leadingSpace(text);
    if (space > 0) page.insertText(text.slice(0, space));
    if (space === text.length) return;
    if (closeColumnGroup(page)) page.characters(text.slice(space));
    else insertSpace(page, text.slice(space));
  },
  atEnd,
});

const bodyContext = [tbody, tfoot, thead, template, html] as const;

/** Closes the group of rows that is open. */
function closeGroup(page: TreeConstruction): boolean {
  if (![tbody, thead, tfoot].some((key) => page.hasInScope(key, traits.tableScope))) return false;
  clearTo(page, ...bodyContext);
  page.open.pop();
  page.mode = modes.inTable;
  return true;
}

export const inTableBody = insertionMode({
  start: {
    tr: part(modes.inRow, ...bodyContext),
    'th td': imply(tr, modes.inRow, ...bodyContext),
    'caption col colgroup tbody tfoot thead': (page, tag) => {
      if (closeGroup(page)) page.startTag(tag);
    },
  },
  end: {
    'tbody tfoot thead': (page, tag) => {
      if (!page.hasInScope(tag.number << 2, traits.tableScope)) return;
      clearTo(page, ...bodyContext);
      page.open.pop();
      page.mode = modes.inTable;
    },
    table: (page, tag) => {
      if (closeGroup(page)) page.endTag(tag);
    },
    'body caption col colgroup html td th tr': ignore,
  },
  anyStart: startAs(modes.inTable),
  anyEnd: endAs(modes.inTable),
  characters: tableText,
  atEnd,
});

function closeRow(page: TreeConstruction): boolean {
  if (!page.hasInScope(tr, traits.tableScope)) return false;
  clearTo(page, tr, template, html);
  page.open.pop();
  page.mode = modes.inTableBody;
  return true;
}

export const inRow = insertionMode({
  start: {
    'th td': (page, tag) => {
      clearTo(page, tr, template, html);
      page.insertElement(tag);
      page.mode = modes.inCell;
      page.formatting.mark();
    },
    'caption col colgroup tbody tfoot thead tr': (page, tag) => {
      if (closeRow(page)) page.startTag(tag);
    },
  },
  end: {
    tr: (page) => void closeRow(page),
    table: (page, tag) => {
      if (closeRow(page)) page.endTag(tag);
    },
    'tbody tfoot thead': (page, tag) => {
      if (page.hasInScope(tag.number << 2, traits.tableScope) && closeRow(page)) page.endTag(tag);
    },
    'body caption col colgroup html td th': ignore,
  },
  anyStart: startAs(modes.inTable),
  anyEnd: endAs(modes.inTable),
  characters: tableText,
  atEnd,
});

function closeCell(page: TreeConstruction): void {
  page.open.popTo(Math.max(page.open.last(td), page.open.last(th)));
  page.formatting.clearToMarker();
  page.mode = modes.inRow;
}

export const inCell = insertionMode({
  start: {
    'caption col colgroup tbody td tfoot th thead tr': (page, tag) => {
      if (!page.hasInScope(td, traits.tableScope) && !page.hasInScope(th, traits.tableScope)) return;
      closeCell(page);
      page.startTag(tag);
    },
  },
  end: {
    'td th': (page, tag) => {
      const key = tag.number << 2;
      if (!page.hasInScope(key, traits.tableScope)) return;
      page.popThrough(key);
      page.formatting.clearToMarker();
      page.mode = modes.inRow;
    },
    'body caption col colgroup html': ignore,
    'table tbody tfoot thead tr': (page, tag) => {
      if (!page.hasInScope(tag.number << 2, traits.tableScope)) return;
      closeCell(page);
      page.endTag(tag);
    },
  },
  anyStart: startAs(modes.inBody),
  anyEnd: endAs(modes.inBody),
  characters: (page, text) => page.rules.modes[modes.inBody]!.characters(page, text),
  atEnd,
});
