/** A date as pages write it → `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */

const monthNames: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan january januar janvier enero januari gennaio stycznia',
    'feb february februar février fevrier febrero februari febbraio lutego',
    'mar march märz maerz mars marzo maart março marca',
    'apr april avril abril aprile kwietnia',
    'may mai mayo mei maggio maio maja maj',
    'jun june juni juin junio giugno junho czerwca',
    'jul july juli juillet julio luglio julho lipca',
    'aug august août aout agosto augustus augusti sierpnia',
    'sep sept september septembre septiembre settembre setembro września',
    'oct october oktober octobre octubre ottobre outubro październik października okt',
    'nov november novembre noviembre novembro listopada',
    'dec december dezember décembre decembre diciembre dicembre dezembro grudnia dez',
  ].flatMap((names, at) => names.split(' ').map((name) => [name, at + 1] as const)),
);

const firstYear = 1990;
const lastYear = 2100;

/** Every form has one of them, and most texts that are asked for none. */
const yearOrSeconds = /(?:19|20)\d\d|^1\d{9}/;

/** Undefined when there is no date in the text, or none of the years that pages are from. */
export function parseDate(text: string): string | undefined {
  const trimmed = text.slice(0, 200).trim();
  if (!yearOrSeconds.test(trimmed)) return undefined;
  const iso = /(?:^|[^\d])((?:19|20)\d\d)[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)/.exec(trimmed);
  if (iso !== null)
    return written(Number(iso[1]), Number(iso[2]), iso[3] === undefined ? undefined : Number(iso[3]));
  const compact = /^((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{4,6}Z?)?$/.exec(trimmed);
  if (compact !== null) return written(Number(compact[1]), Number(compact[2]), Number(compact[3]));
  const asian = /((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월](?:\s*(\d{1,2})\s*[日일])?/.exec(trimmed);
  if (asian !== null)
    return written(Number(asian[1]), Number(asian[2]), asian[3] === undefined ? undefined : Number(asian[3]));
  // 5 January 2020, 5. Januar 2020, Sun, 05 Jan 2020, 5 de enero de 2020
  for (const [, day, name, year] of trimmed.matchAll(
    /(\d{1,2})(?:st|nd|rd|th|\.|er|º)?,? (?:de )?(\p{L}{3,12})\.?,? (?:de )?((?:19|20)\d\d)/gu,
  )) {
    const month = monthNames[name!.toLowerCase()];
    if (month !== undefined) return written(Number(year), month, Number(day));
  }
  // January 5, 2020; January 2020
  for (const [, name, day, year] of trimmed.matchAll(
    /(\p{L}{3,12})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?((?:19|20)\d\d)/gu,
  )) {
    const month = monthNames[name!.toLowerCase()];
    if (month !== undefined) return written(Number(year), month, day === undefined ? undefined : Number(day));
  }
  // 31.12.2020 and 12/31/2020: the order is known when one number is no month; dots mean days first.
  const local = /(?:^|[^\d])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)/.exec(trimmed);
  if (local !== null) {
    const [one, other] = [Number(local[1]), Number(local[3])];
    const dayFirst = local[2] === '.' || one > 12;
    return written(Number(local[4]), dayFirst ? other : one, dayFirst ? one : other);
  }
  const seconds = /^1[0-9]{9}(?:\d{3})?$/.exec(trimmed);
  if (seconds !== null)
    return new Date(Number(trimmed) * (trimmed.length === 10 ? 1000 : 1)).toISOString().slice(0, 10);
  return /^(?:19|20)\d\d$/.test(trimmed) && Number(trimmed) >= firstYear ? trimmed : undefined;
}

function written(year: number, month: number, day: number | undefined): string | undefined {
  if (year < firstYear || year > lastYear || month < 1 || month > 12) return undefined;
  if (day !== undefined && (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()))
    return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return day === undefined ? `${year}-${two(month)}` : `${year}-${two(month)}-${two(day)}`;
}
