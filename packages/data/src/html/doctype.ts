/** The document type, and whether it asks for quirks mode (a table then does not end a paragraph). */

export interface Doctype {
  readonly name: string;
  readonly publicId: string | undefined;
  readonly systemId: string | undefined;
  readonly quirks: boolean;
}

const form =
  /^[\t\n\f ]*([^\t\n\f ]*)[\t\n\f ]*(?:(public)[\t\n\f ]*(?:"([^"]*)("?)|'([^']*)('?))?[\t\n\f ]*(?:"([^"]*)("?)|'([^']*)('?))?|(system)[\t\n\f ]*(?:"([^"]*)("?)|'([^']*)('?))?)?/i;

/** `text`: what stands between `<!doctype` and `>`. */
export function readDoctype(text: string, cut: boolean): Doctype {
  const found = form.exec(text)!;
  const name = (found[1] ?? '').toLowerCase();
  const publicId = found[3] ?? found[5];
  const systemId = found[7] ?? found[9] ?? found[12] ?? found[14];
  const keyword = found[2] ?? found[11];
  const rest = text.slice(found[0].length);
  const open = [found[4], found[6], found[8], found[10], found[13], found[15]].includes('');
  const bogus =
    keyword === undefined ? rest !== '' : (found[2] === undefined ? systemId : publicId) === undefined;
  const missing = found[2] !== undefined && publicId !== undefined && systemId === undefined && rest !== '';
  const force = cut || name === '' || open || bogus || missing;
  return { name, publicId, systemId, quirks: force || isQuirky(name, publicId, systemId) };
}

const quirkyPrefixes =
  /^(?:\+\/\/silmaril\/\/dtd html pro v0r11 19970101\/\/|-\/\/as\/\/dtd html 3\.0 aswedit \+ extensions\/\/|-\/\/advasoft ltd\/\/dtd html 3\.0 aswedit \+ extensions\/\/|-\/\/ietf\/\/dtd html |-\/\/ietf\/\/dtd html\/\/|-\/\/metrius\/\/dtd metrius presentational\/\/|-\/\/microsoft\/\/dtd internet explorer [23]\.0 |-\/\/netscape comm\. corp\.\/\/dtd |-\/\/o'reilly and associates\/\/dtd html |-\/\/sq\/\/dtd html 2\.0 hotmetal|-\/\/softquad|-\/\/spyglass\/\/dtd html 2\.0 extended\/\/|-\/\/sun microsystems corp\.\/\/dtd hotjava |-\/\/w3c\/\/dtd html (?:3 1995-03-24|3\.2 draft|3\.2 final|3\.2\/\/|3\.2s draft|4\.0 frameset|4\.0 transitional|experimental)|-\/\/w3c\/\/dtd w3 html 3\.0\/\/|-\/\/w3o\/\/dtd w3 html 3\.0\/\/|-\/\/webtechs\/\/dtd mozilla html )/;

function isQuirky(name: string, publicId: string | undefined, systemId: string | undefined): boolean {
  if (name !== 'html') return true;
  const id = (publicId ?? '').toLowerCase();
  if (id === '-//w3o//dtd w3 html strict 3.0//en//' || id === '-/w3c/dtd html 4.0 transitional/en')
    return true;
  if (id === 'html' || quirkyPrefixes.test(id)) return true;
  if (systemId?.toLowerCase() === 'http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd') return true;
  return systemId === undefined && /^-\/\/w3c\/\/dtd html 4\.01 (?:frameset|transitional)\/\//.test(id);
}
