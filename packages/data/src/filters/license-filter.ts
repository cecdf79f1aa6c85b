/**
 * The step that keeps documents whose stated licence is an allowed one: what the page itself says
 * (`rel=license`, links to Creative Commons, JSON-LD, `<meta>`; `textExtraction({ metadata: true })` finds
 * it), or the `license` of a row. A statement is no proof: it may stand for a picture, or be wrong. Most
 * pages state none; what happens to them is said by `unknown`.
 */

import { checkChoice, LlmError } from '@llm/core';
import { askedLicense, knownLicenses, withoutVersion } from '../metadata/known-licenses.js';
import { spdxOf, spdxOfText } from '../metadata/licenses.js';
import { checkOptions } from '../page/check-options.js';
import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Metadata, type Verdict } from '../page/verdict.js';

export interface LicenseFilterOptions {
  /**
   * Known names (`CC0-1.0`, of SPDX or the hub) or addresses; without a version (`CC-BY`) all versions.
   * `CC-BY` is not `CC-BY-SA`.
   */
  readonly allowed: readonly string[];
  /** Documents that state no licence, or different ones for their parts. Default `drop`. */
  readonly unknown?: 'drop' | 'keep' | undefined;
}

/** Reasons: `not-allowed`, `unknown`. Throws `core/option-invalid`, also for a name that is not known. */
export function licenseFilter(options: LicenseFilterOptions): PageStep<Verdict> {
  checkOptions('The step license', options, { allowed: 'list!', unknown: 'any' });
  const { allowed, unknown = 'drop' } = options;
  checkChoice('unknown', unknown, ['drop', 'keep']);
  if (allowed.length === 0)
    throw invalid('allowed names no licence, so that nothing would stay. Give names such as CC-BY, CC0-1.0.');
  const names = allowed.map((entry) => {
    const name = askedLicense(entry);
    if (name !== undefined) return name;
    throw invalid(
      `"${entry}" is no licence that is known here, so that nothing would stay for it. Known are ${knownLicenses.join(', ')}; with a version (CC-BY-4.0) that one alone, without all. Any other is asked for by its address.`,
    );
  });
  const isAllowed = (license: string): boolean => {
    const name = license.toLowerCase();
    return names.some((entry) => name === entry || withoutVersion(name) === entry);
  };
  return {
    name: 'license',
    options: { allowed, unknown },
    run({ metadata }) {
      const stated = statedLicenses(metadata);
      if (stated.length === 0) return unknown === 'keep' ? keep : drop('unknown');
      return stated.every(isAllowed) ? keep : drop('not-allowed');
    },
  };
}

function invalid(message: string): LlmError {
  return new LlmError({ code: 'core/option-invalid', message, details: { option: 'allowed' } });
}

/** A row may name several: then all of them hold for parts of it. */
function statedLicenses({ license, licence, licenseUrl }: Metadata): string[] {
  for (const given of [license, licence, licenseUrl]) {
    const stated = (Array.isArray(given) ? given : [given]).filter(
      (one): one is string => typeof one === 'string' && isStatement(one),
    );
    if (stated.length > 0) return stated.map(nameOf);
  }
  return [];
}

/** The hub's names for what is not known. */
const isStatement = (text: string): boolean => !/^\s*(?:unknown|other|none|n\/a|null|)\s*$/i.test(text);

/** `cc-by-4.0`, `Creative Commons Attribution 4.0`, an address → `CC-BY-4.0`; else as it stands. */
const nameOf = (text: string): string => spdxOf(text) ?? spdxOfText(text) ?? text.trim();
