/** A data card as Markdown, with the front matter that the Hugging Face hub reads. */
import type { DataCard } from './data-card.js';

/** The hub's classes of size. */
const sizes: readonly (readonly [below: number, name: string])[] = [
  [1e3, 'n<1K'],
  [1e4, '1K<n<10K'],
  [1e5, '10K<n<100K'],
  [1e6, '100K<n<1M'],
  [1e7, '1M<n<10M'],
  [1e8, '10M<n<100M'],
  [1e9, '100M<n<1B'],
  [1e10, '1B<n<10B'],
  [1e11, '10B<n<100B'],
  [1e12, '100B<n<1T'],
];

/** A step's words and sites are in the JSON: here longer lists are only counted. */
const longestList = 12;

export function cardText(card: DataCard): string {
  const sections = [
    frontMatter(card),
    `# ${oneLine(card.name)}`,
    `${count(card.documents)} documents, ${count(card.characters)} characters of text, out of ${count(card.pages)} pages and texts. Made with ${card.software.name} ${card.software.version}; \`data-card.json\` holds everything that the same bytes follow from.`,
    card.command === null ? '' : `    ${oneLine(card.command)}`,
    '## Sources',
    table(
      ['source', 'kind', 'bytes', 'fingerprint'],
      card.inputs.map(({ url, kind, bytes, fingerprint }) => [
        url,
        kind,
        count(bytes),
        fingerprint.slice(0, 16),
      ]),
    ),
    ...mixtureOf(card),
    '## Steps',
    table(
      ['step', 'pages in', 'pages out', 'options'],
      card.funnel.map(({ step, entered, left }) => [
        step,
        count(entered),
        count(left),
        optionsOf(card, step),
      ]),
    ),
    '## Dropped',
    countTable('reason', card.dropped),
    '## Languages',
    countTable('language', card.languages),
    '## Licences',
    'As the pages name them themselves; most name none. The text belongs to those who wrote it.',
    countTable('licence', card.licences),
    '## Personal data',
    Object.entries(card.personalData)
      .map(([kind, replaced]) => `${kind}: ${count(replaced)} replaced`)
      .join(', '),
    '## Files',
    table(
      ['file', 'documents', 'bytes', 'SHA-256'],
      card.files.map(({ name, documents, bytes, sha256 }) => [name, count(documents), count(bytes), sha256]),
    ),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function frontMatter(card: DataCard): string {
  // Codes of ISO 639 only: the hub refuses others.
  const languages = Object.keys(card.languages).filter((code) => /^[a-z]{2,3}$/.test(code));
  const size = sizes.find(([below]) => card.documents < below)?.[1] ?? 'n>1T';
  // Token ids are no table that the hub could show.
  const parts = card.files.filter(({ name }) => name.startsWith('part-'));
  const endings = [...new Set(parts.map(({ name }) => name.slice(name.indexOf('.'))))];
  return [
    '---',
    `pretty_name: ${JSON.stringify(oneLine(card.name))}`,
    `license: ${JSON.stringify(card.licence)}`,
    ...(languages.length === 0 ? [] : ['language:', ...languages.map((code) => `- "${code}"`)]),
    'task_categories:',
    '- text-generation',
    'size_categories:',
    `- ${size}`,
    ...(endings.length === 0 ? [] : ['configs:', '- config_name: default', '  data_files:']),
    ...(endings.length === 0 ? [] : ['  - split: train', '    path:']),
    ...endings.map((ending) => `    - "part-*${ending}"`),
    '---',
  ].join('\n');
}

/** Of what was mixed of several sources. */
function mixtureOf({ settings: { mixture } }: DataCard): string[] {
  const { by, unit, groups } = (mixture ?? {}) as { by?: string; unit?: string; groups?: unknown };
  if (!Array.isArray(groups)) return [];
  const rows = groups as { group: string; share: number; documents: number; size: number; epochs: number }[];
  return [
    '## Mixture',
    table(
      [String(by), 'share', 'documents', String(unit), 'epochs'],
      rows.map(({ group, share, documents, size, epochs }) => [
        group,
        `${(100 * share).toFixed(2)} %`,
        count(documents),
        count(size),
        epochs.toFixed(3),
      ]),
    ),
  ];
}

function optionsOf(card: DataCard, step: string): string {
  const options = card.steps.find(({ name }) => name === step)?.options ?? card.settings[step] ?? null;
  if (step === 'mixture' || options === null || typeof options !== 'object') return '';
  return Object.entries(options)
    .map(([name, value]) => {
      const isLong = Array.isArray(value) && value.length > longestList;
      return `${name}: ${isLong ? `${count(value.length)} items` : JSON.stringify(value)}`;
    })
    .join(', ');
}

const countTable = (name: string, counts: Readonly<Record<string, number>>): string =>
  table(
    [name, 'number'],
    Object.entries(counts)
      .sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
      .map(([value, number]) => [value, count(number)]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** What pages call themselves must not end a cell, a line or a tag. */
const cell = (text: string): string =>
  oneLine(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const count = (number: number): string => number.toLocaleString('en-US');
