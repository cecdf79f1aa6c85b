/** Names of authors out of what templates write: `By Anna Gray | Staff Writer`, a profile's URL, `admin`. */

const noName =
  /^(?:admin|administrator|editor|editorial team|editors?|staff(?: (?:writers?|reporters?|editors?))?|author|by|unknown|guest|anonymous|webmaster|none|null|undefined|website|user|root|wordpress|redaktion|team|writer|contributors?|view profile|follow|published|updated|about the author|more|share|post(?:ed)?|comments?|read more|profile)$/i;

export function cleanAuthors(texts: readonly string[]): string[] {
  const names: string[] = [];
  for (const whole of texts) {
    const text = whole.slice(0, 500);
    // Addresses of profiles name nobody.
    if (/^\s*(?:https?:|www\.|\/)/i.test(text)) continue;
    for (const name of split(text)) {
      const clean = cleanName(name);
      if (clean !== undefined && !names.some((known) => known.toLowerCase() === clean.toLowerCase()))
        names.push(clean);
    }
  }
  return names.slice(0, 20);
}

function split(text: string): string[] {
  const line = text.replace(
    /^(?:(?:written|posted|published|reviewed|story|article|words|created|von|door|par|por|di|av|od|by|author|autor|auteur)\s*(?:by|:)?\s+)+/i,
    '',
  );
  return line.split(
    /\s*(?:;|\||•|·|\/|&| and (?=\p{Lu})| und (?=\p{Lu})| et (?=\p{Lu})| y (?=\p{Lu})|,(?= ?\p{Lu}\p{L}*\p{Ll}\S* \p{Lu}\p{L}*\p{Ll}))\s*/u,
  );
}

function cleanName(text: string): string | undefined {
  const name = text
    .replace(/^(?:by|von|par|por|door|di)[:\s]+/i, '')
    .replace(/\s*\(.*\)\s*$/, '')
    .replace(/,\s.*$/, '')
    .replace(/\s+(?:on|am|le|updated|published|posted)\s.*\d.*$/i, '')
    .replace(/^[\s@–—-]+|[\s:,.–—-]+$/g, '')
    .trim();
  if (name.length < 2 || name.length > 60 || noName.test(name)) return undefined;
  if (/[*#]|\bago$|https?:|www\.|[<>{}=]|\.(?:com|org|net|html?)\b|\S@\S/.test(name)) return undefined;
  if (/\d{3,}|\d[:/.]\d/.test(name) || !/\p{L}{2}/u.test(name)) return undefined;
  return name.split(/\s+/).length > 6 ? undefined : name;
}
