/**
 * Windows opens a device for `nul` and `com1.json`, another stream of a file for `a:b`, and drops dots and
 * blanks at the end of a name.
 */
export function isWindowsName(name: string): boolean {
  const isDevice = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i.test(name);
  return !isDevice && !/[<>:"|?*]|[. ]$/.test(name);
}
