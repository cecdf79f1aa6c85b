// One JavaScript tokenizer in a process of its own: node tokenizer-javascript.mjs '{"library", "task", "corpus", …}'.
// `corpus` is a JSON file of documents. Times are processor seconds of one pass after a short warm-up.
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const options = JSON.parse(process.argv[2]);
const peers = new URL('../../../../.peers/node/', import.meta.url);
/** A package that `npm run bench:peers` put beside this project. */
const peerPath = (name) => createRequire(new URL('index.js', peers)).resolve(name);
const importPeer = (name) => import(pathToFileURL(peerPath(name)).href);

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const timed = (work) => {
  const start = processorSeconds();
  const wall = performance.now();
  const result = work();
  return { result, seconds: processorSeconds() - start, wall: (performance.now() - wall) / 1000 };
};
/** Of this process alone: `maxRSS` begins with what the process that started it held. */
function peakMegabytes() {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  return (Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) || process.resourceUsage().maxRSS) / 1024;
}
const loadStart = performance.now();
const report = {};
const tokenizer = options.task === 'train' ? undefined : await loadTokenizer(options.library);

if (options.task === 'load') {
  report.tokens = tokenizer.encode('hello world').length;
  report.loadMilliseconds = performance.now() - loadStart;
} else if (options.task === 'texts') {
  const documents = JSON.parse(readFileSync(options.corpus, 'utf8'));
  const bytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  for (const text of documents.filter((_, i) => i % 64 === 0)) tokenizer.decode(tokenizer.encode(text));
  const encoded = timed(() => documents.map((text) => tokenizer.encode(text)));
  report.tokens = encoded.result.reduce((sum, ids) => sum + ids.length, 0);
  report.encodeRate = bytes / 1e6 / encoded.seconds;
  report.decodeRate = bytes / 1e6 / timed(() => encoded.result.map((ids) => tokenizer.decode(ids))).seconds;
  if (tokenizer.count) {
    const counted = timed(() => documents.reduce((sum, text) => sum + tokenizer.count(text), 0));
    report.countRate = bytes / 1e6 / counted.seconds;
  }
} else if (options.task === 'worst') {
  for (const [name, text] of Object.entries(JSON.parse(readFileSync(options.corpus, 'utf8')))) {
    report[name] = timed(() => tokenizer.encode(text)).wall;
  }
} else if (options.task === 'train') {
  const { trainTokenizer } = await import('@llm/tokenizer');
  const { createCountingWorkers } = await import('@llm/tokenizer/node');
  const texts = options.bytes ? varied(options.corpus, options.bytes) : await listOf(linesOf(options.corpus));
  const start = performance.now();
  const trained = await trainTokenizer(texts, {
    vocabularySize: options.vocabularySize,
    createCountingBackend: createCountingWorkers({ workers: options.threads }),
  });
  report.wall = (performance.now() - start) / 1000;
  report.processor = processorSeconds();
  report.megabytes = peakMegabytes();
  report.vocabularySize = trained.vocabularySize;
}
process.stdout.write(`${JSON.stringify(report)}\n`);

/** Documents of a file with one JSON string a line. */
async function* linesOf(path) {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line);
}

async function listOf(documents) {
  const list = [];
  for await (const document of documents) list.push(document);
  return list;
}

/**
 * The documents again and again until there are so many bytes of text; from the second time on two letters change places in every
 * 40th word, so that there are ever more different words.
 */
async function* varied(path, bytes) {
  let left = bytes;
  for (let round = 0; left > 0; round++) {
    let words = round * 7;
    for await (const document of linesOf(path)) {
      const text =
        round === 0
          ? document
          : document.replace(/\p{L}{4,}/gu, (word) => {
              if (++words % 40 !== 0) return word;
              const at = (words / 40) % (word.length - 2);
              return word.slice(0, at) + word[at + 2] + word[at + 1] + word[at] + word.slice(at + 3);
            });
      left -= Buffer.byteLength(text);
      yield text;
      if (left <= 0) return;
    }
  }
}

async function loadTokenizer(library) {
  if (library === 'ours') {
    const { loadEncoding } = await import('@llm/tokenizer');
    const encoding = await loadEncoding('cl100k_base');
    return {
      encode: (text) => encoding.encode(text),
      decode: (ids) => encoding.decode(ids),
      count: (text) => encoding.countTokens(text),
    };
  }
  if (library === 'gpt-tokenizer') {
    const peer = await import('gpt-tokenizer/encoding/cl100k_base');
    const ordinary = { disallowedSpecial: new Set() };
    return {
      encode: (text) => peer.encode(text, ordinary),
      decode: (ids) => peer.decode(ids),
      count: (text) => peer.countTokens(text, ordinary),
    };
  }
  if (library === 'tiktoken') {
    const { get_encoding: getEncoding } = await import('tiktoken');
    const peer = getEncoding('cl100k_base');
    const utf8 = new TextDecoder();
    return { encode: (text) => peer.encode_ordinary(text), decode: (ids) => utf8.decode(peer.decode(ids)) };
  }
  if (library === 'hypertok') {
    const { fromBytes } = await importPeer('hypertok');
    const vocabulary = readFileSync(new URL('vocab.htk', pathToFileURL(peerPath('@hypertok/vocab-cl100k'))));
    const peer = await fromBytes(new Uint8Array(vocabulary), { tier: 'single' });
    return { encode: (text) => peer.encodeSync(text), decode: (ids) => peer.decode(ids) };
  }
  const { getEncoding } = await importPeer('js-tiktoken');
  const peer = getEncoding('cl100k_base');
  return { encode: (text) => peer.encode(text, [], []), decode: (ids) => peer.decode(ids) };
}
