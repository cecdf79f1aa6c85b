/**
 * What a run kept and dropped, as one file that one reads: nothing is loaded, nothing runs. Texts of a crawl
 * are text here and can be nothing else: escaped where they are written, in a page whose policy allows no
 * script, and addresses are no links.
 */
import { passes } from '@llm/data';
import { escapeMarkup } from '../report/svg-plot.js';
import { formatCount, formatPercent } from '../terminal/format.js';
import { shownText } from '../terminal/shown-text.js';
import type { DataReport } from './data-run.js';
import type { InspectionSample, RunInspection } from './inspect-run.js';
import { measureOf } from './replay.js';
import { rounded } from './show-explanation.js';

const style = `
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1d2126; --pale: #5f6770; --rule: #dfe1e4; --bar: #2f6fb3; --bad: #b3372f; --soft: #f2f3f1; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e4e6e9; --pale: #9aa2ac; --rule: #343a40; --bar: #6aa7e8; --bad: #f08a80; --soft: #1f2327; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0; } .pale { color: var(--pale); } .bad { color: var(--bad); font-weight: 600; }
dl.counts { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .15rem .8rem; margin: 0; }
dl.counts dt, dl.counts dd { margin: 0; border-bottom: 1px solid var(--rule); padding: .15rem 0; } dl.counts dd { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: block; height: .35rem; max-width: 100%; background: var(--bar); border-radius: 2px; }
article { border: 1px solid var(--rule); border-radius: 6px; padding: .5rem .7rem; margin: .5rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .5rem; border-radius: 4px; margin: .4rem 0 0; font: 14px/1.45 ui-monospace, monospace; max-height: 24rem; overflow-y: auto; }
summary { cursor: pointer; padding: .3rem 0; } details { border-bottom: 1px solid var(--rule); }
ul.measures { list-style: none; margin: .2rem 0; padding: 0; font-size: .9rem; }
`;

const said = (text: string): string => escapeMarkup(shownText(text));

export function inspectionPage({
  name,
  report,
  steps,
  kept,
  languages,
  hosts,
  hasTexts,
}: RunInspection): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    `<meta name="referrer" content="no-referrer"><title>What ${said(name)} kept and dropped</title><style>${style}</style></head><body>`,
    `<h1>What ${said(name)} kept and dropped</h1>`,
    `<p>${formatCount(report.kept)} of ${formatCount(report.pages)} pages were kept.</p>`,
    hasTexts
      ? ''
      : '<p class="pale">The run left no texts of dropped pages here. Run it with <code>--dropped-text 2000</code> to read them.</p>',
    '<h2>Step by step</h2>',
    funnel(report),
    '<h2>Languages</h2>',
    counts(languages),
    '<h2>Hosts</h2>',
    counts(hosts),
    '<h2>Dropped</h2>',
    ...steps.map(
      ([reason, { seen, items }]) =>
        `<details><summary>${said(reason)}: ${formatCount(seen)}${seen > items.length ? `, of which ${items.length} here` : ''}</summary>${items.map(article).join('')}</details>`,
    ),
    '<h2>Kept</h2>',
    `<details open><summary>${kept.items.length} of ${formatCount(kept.seen)} documents</summary>${kept.items.map(article).join('')}</details>`,
    '</body></html>',
    '',
  ].join('\n');
}

function funnel(report: DataReport): string {
  return report.funnel
    .map(({ step, entered, left, dropped }) => {
      const share = report.pages === 0 ? 0 : left / report.pages;
      const rows = Object.entries(dropped)
        .sort(([, a], [, b]) => b - a)
        .map(([reason, count]) => `<dt>${said(reason)}</dt><dd>${formatCount(count)}</dd>`);
      return `<h3>${said(step)}: ${formatCount(entered)} → ${formatCount(left)} <span class="pale">(${formatPercent(share)} of all)</span></h3><span class="bar" style="width:${(share * 100).toFixed(1)}%"></span><dl class="counts">${rows.join('')}</dl>`;
    })
    .join('\n');
}

function counts(rows: RunInspection['languages']): string {
  const list = rows.map(
    ([name, { kept, dropped }]) =>
      `<dt>${said(name)}</dt><dd>${formatCount(kept)} kept, ${formatCount(dropped)} dropped</dd>`,
  );
  return `<dl class="counts">${list.join('')}</dl>`;
}

function article({ id, url, language, text, measures, duplicate }: InspectionSample): string {
  const place = [url, language, url === undefined ? id : undefined].filter((part) => part !== undefined);
  const values = measures.map((recorded) => {
    const measure = measureOf(recorded);
    const { name, value, bound, threshold } = measure;
    const sign = { least: '≥', most: '≤', above: '>', below: '<' }[bound];
    return `<li${passes(measure) ? '' : ' class="bad"'}>${said(name)}: ${rounded(value)} ${sign} ${rounded(threshold)}</li>`;
  });
  return [
    `<article><p class="pale" title="${said(id)}">${place.map((part) => said(part!)).join(' · ')}</p>`,
    duplicate === undefined ? '' : `<p>${said(duplicate)}</p>`,
    values.length === 0 ? '' : `<ul class="measures">${values.join('')}</ul>`,
    text === undefined ? '' : `<pre dir="auto">${said(text)}</pre>`,
    '</article>',
  ].join('');
}
