/**
 * Thai character clusters (Theeramunkong et al. 2000) with the rules that PyThaiNLP's newmm uses: a word ends
 * where a cluster ends. `c`: a consonant, `t`: a tone mark or none, `k`: a silent ending or none.
 */
const rules =
  'เc็ck เcctาะk เccีtยะk เccีtย>k เcc็ck เcิc์ck เcิtck เcีtยะ?k เcืtอะ?k เc[ิีุู]tย>k เctา?ะ?k cัtวะk c[ัื]tc[ุิะ]?k ' +
  'c[ิุู]์ c[ะ-ู]tk cรรc์ c็ ct[ะาำ]?k ck แc็c แcc์ แctะ แcc็c แccc์ โctะ [เ-ไ]ct ก็ อึ หึ';
const cluster = new RegExp(
  rules
    .split(' ')
    .map((rule) =>
      rule
        .replace('>', '(?=[เ-ไก-ฮ]|\\n?$)')
        .replaceAll('k', '(?:cc?[ุูิ]?[์])?')
        .replaceAll('c', '[ก-ฮ]')
        .replaceAll('t', '[่-๋]?'),
    )
    .join('|'),
  'uy',
);

/** For each place of a text, whether a cluster ends there (1). */
export function clusterEnds(text: string): Uint8Array {
  const ends = new Uint8Array(text.length + 1);
  for (let at = 0; at < text.length; ) {
    cluster.lastIndex = at;
    if (cluster.test(text)) at = cluster.lastIndex;
    else at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    ends[at] = 1;
  }
  return ends;
}
