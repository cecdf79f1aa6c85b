// llama.cpp sampling from a GGUF file, in a process of its own: node llama-cpp.mjs '{"file", "rows", "prompt", "newTokens", "threads",
// "vocabulary"}'. Rows are sequences of one context, evaluated in one batch. Prints tokens per second
// and milliseconds of processor time per token, by rows, as JSON.
import { loadInLlamaCpp } from '@llm/build/llama-cpp';

const { file, rows, prompt, newTokens, threads, vocabulary } = JSON.parse(process.argv[2]);
const model = await loadInLlamaCpp(file);
const rates = {};
for (const count of rows) {
  const context = await model.createContext({
    contextSize: prompt + newTokens,
    batchSize: count * prompt,
    sequences: count,
    threads,
  });
  const sequences = Array.from({ length: count }, () => context.getSequence());
  for (let repeat = 0; repeat < 4; repeat++) {
    await Promise.all(sequences.map((sequence) => sequence.clearHistory()));
    const processor = process.cpuUsage();
    const begun = performance.now();
    await Promise.all(sequences.map((sequence, row) => sample(sequence, row, repeat)));
    const rate = (count * newTokens * 1000) / (performance.now() - begun);
    const { user, system } = process.cpuUsage(processor);
    const processorTime = (user + system) / 1000 / (count * newTokens);
    const best = rates[count] ?? { rate, processorTime };
    if (repeat > 0)
      rates[count] = {
        rate: Math.max(best.rate, rate),
        processorTime: Math.min(best.processorTime, processorTime),
      };
  }
  await context.dispose();
}
console.log(JSON.stringify(rates));
process.exit(0);

/** From the whole distribution, as the other peers do. */
async function sample(sequence, row, seed) {
  const tokens = Array.from({ length: prompt }, (_, i) => (row * prompt + i) % vocabulary);
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0, seed, yieldEogToken: true };
  let left = newTokens;
  for await (const _ of sequence.evaluate(tokens, options)) if (--left === 0) break;
}
