/**
 * What the README of a package tells a stranger to do: the packages its install lines name, and its examples,
 * each with the install line it stands under (that of its own section, else the first of the README).
 */
import { builtinModules } from 'node:module';
import ts from 'typescript';

export interface ReadmeExample {
  /** What to save it as: its first line (`// train.mts`) when that is a file name. */
  readonly file: string;
  readonly language: 'ts' | 'js' | 'html';
  readonly code: string;
  /** The `## ` heading above it. */
  readonly section: string;
  /** Names of packages. */
  readonly installed: readonly string[];
}

export interface Readme {
  readonly examples: readonly ReadmeExample[];
  /** Of all install lines together. */
  readonly installed: readonly string[];
}

const blocks =
  /^## (?<heading>.*)$|^ {4}npm (?:install|i) (?<names>.*)$|^```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

export function parseReadme(text: string): Readme {
  const examples: ReadmeExample[] = [];
  const everything = new Set<string>();
  let first: readonly string[] | undefined;
  let own: readonly string[] | undefined;
  let section = '';
  for (const { groups } of text.matchAll(blocks)) {
    const { heading, names, language, code } = groups!;
    if (heading !== undefined) {
      section = heading;
      own = undefined;
    } else if (names !== undefined) {
      own = names.split(/\s+/).filter((name) => name !== '' && !name.startsWith('-'));
      first ??= own;
      for (const name of own) everything.add(name);
    } else if (language === 'ts' || language === 'js' || language === 'html') {
      const titled = /^\/\/ (\S+\.(?:mts|mjs|ts|js))\n/.exec(code!)?.[1];
      const file =
        titled ?? (language === 'html' ? 'index.html' : `example-${examples.length + 1}.m${language}`);
      examples.push({ file, language, code: code!, section, installed: own ?? first ?? [] });
    }
  }
  return { examples, installed: [...everything] };
}

/** Packages that an example imports, or that the import map of a page leads to. */
export function packagesOf({ language, code }: ReadmeExample): string[] {
  const specifiers =
    language === 'html'
      ? importMapTargets(code).map((path) => path.replace('./node_modules/', ''))
      : ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);
  const names = specifiers
    .filter((specifier) => !/^(\.|\/|node:)/.test(specifier) && !builtinModules.includes(specifier))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(names)];
}

/** Paths that the import map of a page names. */
export function importMapTargets(html: string): string[] {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(html)?.[1];
  return map === undefined
    ? []
    : Object.values((JSON.parse(map) as { imports: Record<string, string> }).imports);
}
