/**
 * Names of licences that pages and data sets state: Creative Commons', the SPDX names of others for data and
 * code, and what the Hugging Face hub calls its own. A name that nobody uses selects nothing.
 */
import { spdxOf } from './licenses.js';

const commons = ['BY', 'BY-SA', 'BY-NC', 'BY-NC-SA', 'BY-ND', 'BY-NC-ND'].flatMap((terms) =>
  ['1.0', '2.0', '2.5', '3.0', '4.0'].map((version) => `CC-${terms}-${version}`),
);
/** A blank apart; `GPL-3.0` is what most write for `GPL-3.0-only`. */
const others =
  'CC0-1.0 CC-PDDC PDDL-1.0 PDDL ODC-By-1.0 ODC-By ODbL-1.0 ODbL CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 C-UDA-1.0 C-UDA ' +
  'GFDL-1.1 GFDL-1.2 GFDL-1.3 GFDL-1.1-or-later GFDL-1.2-or-later GFDL-1.3-or-later GFDL-1.3-only OGL-UK-1.0 OGL-UK-2.0 OGL-UK-3.0 ' +
  'OGL-Canada-2.0 etalab-2.0 DL-DE-BY-2.0 DL-DE-ZERO-2.0 NLOD-1.0 NLOD-2.0 LAL-1.3 ' +
  'MIT MIT-0 Apache-1.1 Apache-2.0 BSD BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause 0BSD ISC Unlicense Zlib NCSA PostgreSQL ' +
  'Python-2.0 PSF-2.0 BSL-1.0 AFL-3.0 Artistic-1.0 Artistic-2.0 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 MPL-1.1 MPL-2.0 MS-PL OSL-3.0 OFL-1.1 ' +
  'LPPL-1.3c WTFPL CECILL-2.1 BlueOak-1.0.0 LGPLLR ' +
  ['GPL-1.0', 'GPL-2.0', 'GPL-3.0', 'LGPL-2.0', 'LGPL-2.1', 'LGPL-3.0', 'AGPL-3.0']
    .flatMap((name) => [name, `${name}-only`, `${name}-or-later`])
    .join(' ') +
  ' openrail openrail++ creativeml-openrail-m bigscience-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m openmdw-1.0 llama2 llama3 llama3.1 ' +
  'llama3.2 llama3.3 llama4 gemma lgpl-lr h-research intel-research apple-ascl apple-amlr fair-noncommercial-research-license';

const known = [...commons, ...others.split(' ')];
const names = new Set(known.flatMap((name) => [name.toLowerCase(), withoutVersion(name.toLowerCase())]));

/** `cc-by-4.0` → `cc-by`. */
export function withoutVersion(name: string): string {
  return name.replace(/-\d+(?:\.\d+)*$/, '');
}

/** For an error: the names without versions, each once. */
export const knownLicenses: readonly string[] = [...new Set(known.map(withoutVersion))];

/**
 * The name that somebody means who asks for a licence, in lower case: a known one, with or without its
 * version, or what an address stands for. Undefined for anything else.
 */
export function askedLicense(entry: string): string | undefined {
  const text = entry.trim();
  if (/^https?:\/\/\S+$/i.test(text)) return (spdxOf(text) ?? text).toLowerCase();
  const name = text.replace(/[\s_]+/g, '-').toLowerCase();
  return names.has(name) ? name : undefined;
}
