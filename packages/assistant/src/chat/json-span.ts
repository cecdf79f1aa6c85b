/** Where a JSON value in a running text ends, and where its members are: arguments stay the text they are. */

/** The index behind the object or array that begins at `start`; undefined while it is not closed. */
export function jsonEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return undefined;
}

/** The values of a valid JSON object or array, each as it is written, by key or index. */
export function jsonMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  const isObject = text.trimStart().startsWith('{');
  let depth = 0;
  let isString = false;
  let key: string | undefined;
  let from = 0;
  const close = (end: number): void => {
    const value = text.slice(from, end).trim();
    if (value !== '') members.set(key ?? String(members.size), value);
    key = undefined;
    from = end + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') {
      if (depth++ === 0) from = at + 1;
    } else if (character === '}' || character === ']') {
      if (--depth === 0) close(at);
    } else if (depth !== 1) continue;
    else if (character === ',') close(at);
    else if (character === ':' && isObject && key === undefined) {
      key = JSON.parse(text.slice(from, at).trim()) as string;
      from = at + 1;
    }
  }
  return members;
}

/** The value, or undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
