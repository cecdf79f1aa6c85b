/** What the extractor needs to know of an HTML element by its name alone. */

export function tags(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

/** Elements whose content is never text of the page. */
export const unseenTags = tags(
  'script style noscript template svg iframe object embed applet canvas audio video map select ' +
    'datalist textarea input noembed noframes frameset head link meta base basefont param ' +
    'source track menuitem progress meter rt rp rtc title',
);

/** Of these, those that stand between two words when there is something in them. */
export const wordBreakingTags = tags(
  'iframe object embed applet canvas audio video map select textarea progress meter',
);

/** Elements that start and end a line. */
export const blockTags = tags(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption ' +
    'figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre ' +
    'search section summary table tbody td tfoot th thead tr ul xmp listing plaintext marquee layer',
);

export const headingTags = tags('h1 h2 h3 h4 h5 h6');
