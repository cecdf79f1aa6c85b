/** Whether inflated bytes open a record: of WARC, or of ARC. */
export function opensRecord(head: Uint8Array): boolean {
  return /^\s*(?:WARC\/\d|\S{1,400}:\S{0,400} \S{1,60} \d{8,18} )/.test(Buffer.from(head).toString('latin1'));
}
