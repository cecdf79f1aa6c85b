/** Preformatted text: its lines as they stand, and the language that its class names. */
import { blockTags } from './html-tags.js';
import type { PageTree } from './page-tree.js';

export const preformattedTags: ReadonlySet<string> = new Set(['pre', 'listing', 'xmp', 'plaintext']);

/** The text below a `pre`, without blank lines before and after it. */
export function preformattedText(tree: PageTree, root: number, discarded: Uint8Array): string {
  const end = tree.end[root]!;
  let text = '';
  const blockEnds: number[] = [];
  const startLine = (): void => {
    if (text !== '' && !text.endsWith('\n')) text += '\n';
  };
  for (let node = root + 1; node < end; node++) {
    while (blockEnds.length > 0 && node >= blockEnds[blockEnds.length - 1]!) {
      blockEnds.pop();
      startLine();
    }
    if (discarded[node] === 1) {
      node = tree.end[node]! - 1;
      continue;
    }
    const tag = tree.tagOf(node);
    if (tag === '#text') text += tree.textOf(node);
    else if (tag === 'br') text += '\n';
    else if (tag === 'td' || tag === 'th') {
      if (text !== '' && !text.endsWith('\n')) text += '\t';
    } else if (blockTags.has(tag)) {
      startLine();
      blockEnds.push(tree.end[node]!);
    }
  }
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/** Whether these are the numbers of lines beside code, not code. */
export function isLineNumbers(text: string): boolean {
  const lines = text.split('\n');
  return lines.length > 1 && lines.every((line) => /^\s*\d{1,5}[.:]?\s*$/.test(line));
}

const byClass =
  /(?:^|[\s-])(?:language|lang|highlight-source|highlight-text|brush:?|prettyprint lang|sourcecode|code-block-lang)[-\s:]+([\w+#.-]+)|(?:^|\s)sourcecode\s+([\w+#.-]+)|(?:^|\s)highlight-([a-z][\w+#]*)(?=\s+notranslate|\s*$)/i;
const names =
  /^(?:bash|sh|shell|zsh|console|powershell|python|py|javascript|js|jsx|typescript|ts|tsx|java|kotlin|scala|groovy|c|cpp|c\+\+|csharp|cs|c#|objective-?c|swift|go|golang|rust|rs|ruby|rb|php|perl|lua|r|julia|matlab|haskell|hs|ocaml|fsharp|f#|elixir|erlang|clojure|lisp|scheme|sql|html|xml|css|scss|sass|less|json|yaml|yml|toml|ini|diff|dockerfile|makefile|cmake|nginx|graphql|latex|tex|markdown|md|vim|asm|dart|zig|nim|fortran|pascal|vb|vbnet|http|proto|protobuf|svg|plaintext|text)$/i;
const noLanguage =
  /^(?:none|default|plain|plaintext|text|nohighlight|no-highlight|txt|notranslate|markup-templating)$/i;

/** From the classes and `data-lang` of the `pre`, the code in it and the two elements around it. */
export function codeLanguage(tree: PageTree, root: number): string | undefined {
  const candidates = [root];
  for (let node = root + 1; node < tree.end[root]! && node <= root + 2; node++)
    if (tree.tagOf(node) === 'code' || tree.tagOf(node) === 'samp') candidates.push(node);
  let around = tree.parent[root]!;
  for (let steps = 0; steps < 3 && around > 0; steps++, around = tree.parent[around]!) {
    // An element around much else says nothing of this code.
    if (tree.end[around]! - around > tree.end[root]! - root + 12) break;
    candidates.push(around);
  }
  for (const node of candidates) {
    const declared =
      tree.attribute(node, 'data-lang') ??
      tree.attribute(node, 'data-language') ??
      tree.attribute(node, 'lang-name');
    const classes = (tree.attribute(node, 'class') ?? '').slice(0, 500);
    const found = byClass.exec(classes);
    const named = found?.[1] ?? found?.[2] ?? found?.[3];
    const bare =
      node === root || tree.tagOf(node) === 'code'
        ? classes.split(/\s+/).find((name) => names.test(name))
        : undefined;
    const language = (declared ?? named ?? bare)?.toLowerCase();
    if (language === undefined || !/^[\w+#.-]{1,32}$/.test(language) || noLanguage.test(language)) continue;
    return language;
  }
  return undefined;
}
