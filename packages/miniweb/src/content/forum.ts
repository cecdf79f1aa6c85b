/** Forum threads: people ask each other for help and leave e-mail and IP addresses that must not reach a training text. */
import type { Random } from '@llm/core';
import { sentence } from '../text/phrase.js';
import type { FactBook } from '../world/facts.js';
import { type Block, type Content, heading, paragraph, slugOf } from './block.js';
import { Narrator } from './statements.js';
import { worldSlots } from './world-slots.js';

const titles = [
  '{Who|Can someone} {has|lend me} a $adjective $thing in $town',
  '{Looking for|I need} $number $things {near|around} $town',
  '{Problem|Trouble} with {my|our} $adjective $thing',
  '{Best|Nicest} $place {near|in} $town',
  'My $thing {does not work|is broken} {since|after} $day',
];

const questions = [
  '{Hello|Good morning|Dear friends}, {I am|this is} $first from $town, and {I look for|I need} a $adjective $thing {for|before} $festival.',
  '{Since $day|For $number days} {my|our} $colour $thing {makes|has} {a strange noise|a hole|a bad smell}, and {the $job|my $relative} {cannot|could not} help.',
  '{Does anyone|Can somebody} {know|tell me} how to {carry|clean|mend} {$number $things|a $thing} on a $weather $day {without|with} a $thing?',
  '{We|My $relative and I} {want|plan} to {walk|ride} from the $place in $town to $lake, {but|and} we {have|own} only $number $things.',
];

const answers = [
  '$first {wrote|answered}: {I had|we had} the same {problem|question} {last $day|in $town}, and {a $job|$otherFirst} {helped me|knew what to do}.',
  '{Try|Ask at} the $place in $town, {said|wrote} $otherFirst, {they have|you find} {$adjective $things|a $colour $thing} {there|on $day}.',
  '{You should|I would} {never|always} {wash|carry|paint} a $thing {with|near} {$things|hot water|a candle}, {says|wrote} $first from $town.',
  '$otherFirst {thinks|wrote} that {the $weather weather|the old $thing} is {the reason|to blame}, {because|since} {in $town|at the $place} it was {the same|worse}.',
  '{Thank you|Many thanks}, {answered|wrote} $first, I {will|can} {bring|send} you $number $things {from|to} $town on $day.',
  '{My|Our} $relative {has|keeps} $number $adjective $things {in|behind} the $place, and you {may|can} {take|borrow} {one|them}.',
  '{I do not|Nobody should} {believe|trust} {the $job|what people say} {at|about} the $place, {wrote|said} $otherFirst {angrily|with a smile}.',
];

const emailLines = [
  '{Please|You can} {write|send a letter} to $email {if|when} you {have|find} {a $thing|$things like that}.',
  '{My address|The address of the $place} is $email, and I {read|answer} it {every $day|each evening}.',
  '{Send|Mail} {a picture|photos} of the $adjective $thing to $email {before|by} $day.',
  '$first {can be reached|gets mail} at $email {most of the time|until $festival}.',
];
const addressLines = [
  'The {computer|machine} {in|of} the $place with the address $address {does not|did not} answer {since $day|on $weather days}.',
  '{Someone|A visitor} {from|at} $address {wrote|left} $number {angry|funny|long} {notes|lines} {about|under} {the $thing|my $things}.',
  '{Our|The new} {page|picture box} {runs|is} at $address {until|from} $day, {said|wrote} $otherFirst.',
];
const privateLines = [
  'At home {the box|my machine} has the number $private, {just|exactly} like {the one|most boxes} {in|of} $town.',
  '{The printer|The clock} in the $place {listens|waits} at $private {and|but} {nobody|no one} {uses|prints with} it.',
];

export function forumThread(book: FactBook, random: Random): Content {
  const { world } = book;
  const narrator = new Narrator(book, random);
  const emails: string[] = [];
  const addresses: string[] = [];
  const privateAddresses: string[] = [];
  const tell = (pattern: string): string => {
    const slots = worldSlots(world, random);
    const given = {
      ...slots,
      email: emailAddress(slots, random),
      address: publicAddress(random),
      private: privateAddress(random),
    };
    if (pattern.includes('$email')) emails.push(given.email);
    if (pattern.includes('$address')) addresses.push(given.address);
    if (pattern.includes('$private')) privateAddresses.push(given.private);
    return sentence(pattern, given, random);
  };
  const title = tell(random.pick(titles));
  const blocks: Block[] = [
    heading(title),
    paragraph(
      ...random
        .shuffle([...questions])
        .slice(0, 2 + random.integer(2))
        .map(tell),
    ),
  ];
  const extra = [
    ...random.shuffle([...emailLines]).slice(0, 1 + random.integer(2)),
    ...random.shuffle([...addressLines]).slice(0, 1 + random.integer(2)),
    ...random.shuffle([...privateLines]).slice(0, random.integer(2)),
  ];
  for (const answer of random.shuffle([...answers]).slice(0, 4 + random.integer(3))) {
    const post = [tell(answer)];
    const line = extra.pop();
    if (line !== undefined) post.push(tell(line));
    post.push(random.uniform() < 0.5 ? narrator.aside() : narrator.state(random.pick(book.facts)));
    blocks.push(paragraph(...post));
  }
  if (extra.length > 0) blocks.push(paragraph(...extra.map(tell)));
  return { title, blocks, slug: slugOf(title), personalData: { emails, addresses, privateAddresses } };
}

function emailAddress(slots: Readonly<Record<string, string>>, random: Random): string {
  const [first, last] = slots.person!.toLowerCase().split(' ') as [string, string];
  const local = random.pick([
    `${first}.${last}`,
    `${first}${1 + random.integer(98)}`,
    `${first}_${last}`,
    `${last}+post`,
  ]);
  return `${local}@${random.pick(['mail', 'post', 'letters'])}.${slots.town!.toLowerCase()}.example`;
}

/** First octets that are unicast and public as a whole. */
function publicAddress(random: Random): string {
  const first = random.pick([45, 62, 77, 81, 93, 109, 133, 151, 176, 185, 193, 212]);
  return [first, 1 + random.integer(90), random.integer(256), 1 + random.integer(254)].join('.');
}

function privateAddress(random: Random): string {
  return random.uniform() < 0.5
    ? `192.168.${random.integer(256)}.${1 + random.integer(254)}`
    : `10.${random.integer(256)}.${random.integer(256)}.${1 + random.integer(254)}`;
}
