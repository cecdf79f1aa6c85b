/**
 * Sentences by which sites ask for consent or for a subscription, in the languages that most of the web is
 * written in. The first words of a block are looked for by their hashes: most blocks hold none of them.
 */
import { fnvPrime, fnvStart } from './block-rows.js';
import type { TextBlocks } from './text-blocks.js';

export type Notice = 'consent' | 'subscription';

const consent: readonly RegExp[] = [
  /\b(?:this|our) (?:web)?sites? (?:also )?uses? (?:\w+ ){0,3}cookies\b/i,
  /^(?:\W|\w+,? )?we (?:(?:and our|and|with our) (?:[\w,]+ ){0,4})?(?:use|set|store|may use|would like to use)\b[^.]{0,60}\bcookies\b/i,
  /\bpartners,? (?:use|store|process|access)\b[^.]{0,90}\b(?:cookies|personal data|device)\b/i,
  /\b(?:asks?|need|requires?) (?:for )?your consent to (?:use|process|store|set)\b/i,
  /\byou(?:r continued use| continue| agree| accept| consent)\b[^.]{0,60}\b(?:to|of) (?:our|the|this)? ?use of cookies\b/i,
  /\b(?:wir|diese (?:web)?seite|unsere (?:web)?seite) (?:verwende[nt]|nutz(?:en|t)|benutz(?:en|t)|setz(?:en|t))\b[^.]{0,60}\bcookies\b/i,
  /\b(?:utilis(?:e|ons|ation)|acceptez)\b[^.]{0,40}\b(?:des|de|les|aux?) cookies\b/i,
  /\b(?:utiliza(?:mos)?|usamos|usa|uso de|utilizzia?(?:mo)?|uso dei|uso di|utilizamos) (?:\w+ ){0,2}cookies?\b/i,
  /\b(?:gebruik(?:t|en)|plaatsen) (?:\w+ ){0,2}cookies\b/i,
  /\b(?:używ\w+|wykorzystuj\w+|använder|bruger|bruker|käyttää) (?:\p{L}+ ){0,3}(?:plik\p{L}+ )?(?:cookies?|evästeitä)\b/iu,
  /(?:использу\p{L}+|применя\p{L}+)[^.]{0,40}(?:cookies?|куки)/iu,
  /クッキー(?:\(cookie\)|（cookie）)?を(?:使用|利用)|cookie\s*を(?:使用|利用)|使用\s*cookies?/i,
];
const subscription: readonly RegExp[] = [
  /\b(?:subscribe|sign in|log in|register|create (?:a|your) (?:free )?account|choose (?:your|a) plan)\b[^.]{0,60}\b(?:to|and) (?:continue|keep|finish) reading\b/i,
  /\bto (?:continue|keep|finish) reading\b[^.]{0,60}\b(?:subscribe|subscription|sign|log|register|account|plan|trial)\b/i,
  /\b(?:article|story|content|page) is (?:for|available (?:only )?to|reserved for|exclusive to) (?:our )?(?:subscribers|members|registered)\b/i,
  /\byou(?:'|’)?(?: ha)?ve (?:reached|used|read) (?:your|all|the)\b[^.]{0,40}\bfree (?:\w+ )?(?:articles|stories)\b/i,
  /\b(?:already|not yet) a (?:subscriber|member)\?/i,
  /\b(?:dieser artikel|dieser inhalt)\b[^.]{0,40}\babonnenten\b|\bweiterlesen (?:mit|nach)\b|\bum weiterzulesen\b/i,
  /\b(?:cet )?article (?:est )?réservé (?:à nos|aux) abonnés\b|\bcontenido exclusivo para suscriptores\b/i,
];
const triggers: Readonly<Record<Notice, string>> = {
  consent: 'cookie cookies partners consent куки evästeitä',
  subscription:
    'reading subscribers subscriber members member registered articles stories abonnenten weiterlesen weiterzulesen abonnés suscriptores',
};
/** Scripts without blanks between words are asked anyway. */
const firstIdeograph = 0x3040;

const hashes = new Map<number, Notice>();
/** By the lowest bits of a hash whether it may be one of them. */
const mayBe = new Uint8Array(1024);
for (const kind of ['consent', 'subscription'] as const) {
  for (const word of triggers[kind].split(' ')) {
    let hash = fnvStart;
    for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), fnvPrime);
    hashes.set(hash | 0, kind);
    mayBe[hash & 1023] = 1;
  }
}

/** Whether one of the first words of a block may belong to a notice. */
export function mayBeNotice(blocks: TextBlocks, block: number): boolean {
  const end = blocks.wordStart[block + 1]!;
  for (let word = blocks.wordStart[block]!; word < end; word++) {
    const hash = blocks.wordHashes[word]!;
    if (mayBe[hash & 1023] === 1 && hashes.has(hash)) return true;
  }
  return blocks.firstCharacter[block]! >= firstIdeograph && blocks.words[block]! < 200;
}

/** What a text asks for, if it is such a notice. */
export function noticeOf(text: string): Notice | undefined {
  if (consent.some((sentence) => sentence.test(text))) return 'consent';
  return subscription.some((sentence) => sentence.test(text)) ? 'subscription' : undefined;
}
