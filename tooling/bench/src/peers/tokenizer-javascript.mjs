// One JavaScript tokenizer in a process of its own: node tokenizer-javascript.mjs '{"library", "task", "corpus", …}'.
// `corpus` is a JSON file of documents. Times are processor seconds of one pass after a short warm-up.
import { readFileSync } from 'node:fs';

const options = JSON.parse(process.argv[2]);
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
const loadStart = performance.now();
const tokenizer = await loadTokenizer(options.library);
const report = { loadMilliseconds: 0 };

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
  const documents = JSON.parse(readFileSync(options.corpus, 'utf8'));
  const { trainTokenizer } = await import('@llm/tokenizer');
  const { createCountingWorkers } = await import('@llm/tokenizer/node');
  const start = performance.now();
  const trained = await trainTokenizer(documents, {
    vocabularySize: options.vocabularySize,
    createCountingBackend: createCountingWorkers({ workers: options.threads }),
  });
  report.wall = (performance.now() - start) / 1000;
  report.processor = processorSeconds();
  report.megabytes = process.resourceUsage().maxRSS / 1024;
  report.vocabularySize = trained.vocabularySize;
}
process.stdout.write(`${JSON.stringify(report)}\n`);

async function loadTokenizer(library) {
  if (library === 'ours') {
    const { loadEncoding } = await import('@llm/tokenizer');
    if (options.task === 'train') return undefined;
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
  const { getEncoding } = await import('js-tiktoken');
  const peer = getEncoding('cl100k_base');
  return { encode: (text) => peer.encode(text, [], []), decode: (ids) => peer.decode(ids) };
}
