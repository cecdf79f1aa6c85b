// gpt-tfjs (GPT-2 shape, its own training loop with Adam) on TensorFlow.js' WebAssembly backend, one thread.
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import gpt from 'gpt-tfjs';

const { config, rows, steps, warmUp } = JSON.parse(new URLSearchParams(location.search).get('task'));
setWasmPaths('/');
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

// The backend lacks the gradient of an embedding; without this addition gpt-tfjs could not train on it.
tf.registerKernel({
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) {
    const values = backend.readSync(x.dataId);
    const ids = backend.readSync(segmentIds.dataId);
    const size = values.length / ids.length;
    const sums = new Float32Array(numSegments * size);
    for (let row = 0; row < ids.length; row++)
      for (let i = 0; i < size; i++) sums[ids[row] * size + i] += values[row * size + i];
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
    return backend.makeOutput(shape, 'float32', undefined, sums);
  },
});

const columns = config.contextLength;
const model = gpt.model.GPTLMHeadModel({
  nLayer: config.depth,
  nHead: config.heads,
  nEmbd: config.width,
  vocabSize: config.vocabularySize,
  blockSize: columns,
  dropout: 0,
  embdDrop: 0,
  residDrop: 0,
});
const items = Array.from({ length: rows * (warmUp + steps) }, (_, item) => {
  const ids = Int32Array.from({ length: columns + 1 }, (_, i) => ((item + i) * 7919) % config.vocabularySize);
  return { x: ids.subarray(0, columns), y: ids.subarray(1) };
});
const dataset = tf.data.array(items).map(({ x, y }) => ({
  x: tf.tensor1d(x, 'int32'),
  y: tf.oneHot(tf.tensor1d(y, 'int32'), config.vocabularySize).toFloat(),
}));
const losses = [];
const seconds = [];
let begun = performance.now();
await model.train(dataset, {
  batchSize: rows,
  maxIter: warmUp + steps,
  shuffle: 1,
  lr: 1e-3,
  callbacks: [
    (_, loss, iteration) => {
      losses.push(loss);
      if (iteration > warmUp) seconds.push((performance.now() - begun) / 1000);
      begun = performance.now();
    },
  ],
});
await fetch('/report', {
  method: 'POST',
  body: JSON.stringify({
    version: tf.version_core,
    tokensPerSecond: (rows * columns) / Math.min(...seconds),
    losses,
  }),
});
