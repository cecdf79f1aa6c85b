/** Whether inflated bytes may be text: few controls, or in UTF-16 a zero beside every character. */
export function opensText(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32)) controls++;
  const isWide = Math.abs(controls * 2 - head.length) * 4 < head.length;
  return head.length > 0 && (controls * 50 < head.length || isWide);
}
