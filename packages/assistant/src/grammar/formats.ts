/**
 * Formats of strings (RFC 3339, 5321, 2673, 4291, 4122 in the forms that are common), as patterns that
 * everything they accept is valid for.
 */
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const date =
  '[12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))';
const clock = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?';
const label = '[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?';
const group = '[0-9a-f]{1,4}';

export const formats: Readonly<Record<string, string>> = {
  date: `^${date}$`,
  time: `^${clock}Z$`,
  'date-time': `^${date}T${clock}Z$`,
  duration: '^P([1-9][0-9]{0,3}D|T[1-9][0-9]{0,3}[HMS]|[1-9][0-9]{0,3}W)$',
  email: `^[a-z0-9_]([a-z0-9_+-]{0,30}[a-z0-9_])?@${label}\\.[a-z]{2,10}$`,
  hostname: `^${label}(\\.${label}){0,4}$`,
  ipv4: `^${octet}\\.${octet}\\.${octet}\\.${octet}$`,
  ipv6: `^${group}(:${group}){7}$`,
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  uri: `^https?://${label}(\\.${label}){1,4}(/[A-Za-z0-9._~-]{1,40}){0,8}$`,
};
