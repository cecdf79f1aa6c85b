// Peer of the train benches: the same Qwen3-shaped model, cross-entropy, clipping and AdamW in TensorFlow.js on
// WebAssembly, one thread. The embedding is a one-hot product: the backend lacks the gradient of a lookup.
// Usage: train-tfjs.mjs TASK
import { measure, peerFile, readTask, requirePeer, versionOf } from './train-task.mjs';

const tf = requirePeer('@tensorflow/tfjs');
const { setThreadsCount, setWasmPaths } = requirePeer('@tensorflow/tfjs-backend-wasm');
setWasmPaths(peerFile('@tensorflow/tfjs-backend-wasm/dist/'));
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

const task = readTask(process.argv[2]);
const { config, rows, columns } = task;
const { width, heads, headWidth, depth, vocabularySize } = config;
const positions = rows * columns;
const variables = new Map();
for (const [name, { shape, data }] of task.parameters)
  variables.set(name, tf.variable(tf.tensor(data, shape), true, name));

const rmsNorm = (x, weight) =>
  x.mul(x.square().mean(-1, true).add(config.normalizationEpsilon).rsqrt()).mul(weight);
const linear = (x, name) => tf.matMul(x, variables.get(`${name}.weight`), false, true);
const angle = (t, i) => t * config.rotaryBase ** (-(2 * (i % (headWidth / 2))) / headWidth);
const table = (of) =>
  tf.tensor(
    Array.from({ length: columns }, (_, t) =>
      Array.from({ length: headWidth }, (_, i) => of(angle(t, i), i)),
    ),
  );
const cosines = table(Math.cos);
const sines = table((a, i) => (i < headWidth / 2 ? -1 : 1) * Math.sin(a));
const mask = tf.tensor(
  Array.from({ length: columns }, (_, i) => Array.from({ length: columns }, (_, j) => (j > i ? -1e9 : 0))),
);
const rotate = (x) => {
  const [a, b] = tf.split(x, 2, -1);
  return x.mul(cosines).add(tf.concat([b, a], -1).mul(sines));
};
const split = (x) => x.reshape([rows, columns, heads, headWidth]).transpose([0, 2, 1, 3]);
const inputs = tf.oneHot(tf.tensor1d(task.inputs, 'int32'), vocabularySize).toFloat();
const targets = tf.oneHot(tf.tensor1d(task.targets, 'int32'), vocabularySize).toFloat();

function loss() {
  let x = tf.matMul(inputs, variables.get('model.embed_tokens.weight'));
  for (let layer = 0; layer < depth; layer++) {
    const at = (name) => `model.layers.${layer}.${name}`;
    const weight = (name) => variables.get(`${at(name)}.weight`);
    const h = rmsNorm(x, weight('input_layernorm'));
    const headNorm = (name, y) => rmsNorm(y.reshape([rows, columns, heads, headWidth]), weight(name));
    const query = rotate(split(headNorm('self_attn.q_norm', linear(h, at('self_attn.q_proj')))));
    const key = rotate(split(headNorm('self_attn.k_norm', linear(h, at('self_attn.k_proj')))));
    const value = split(linear(h, at('self_attn.v_proj')));
    const scores = tf
      .matMul(query, key, false, true)
      .mul(1 / Math.sqrt(headWidth))
      .add(mask);
    const joined = tf.matMul(tf.softmax(scores), value).transpose([0, 2, 1, 3]).reshape([positions, width]);
    x = x.add(linear(joined, at('self_attn.o_proj')));
    const g = rmsNorm(x, weight('post_attention_layernorm'));
    const gate = linear(g, at('mlp.gate_proj'));
    x = x.add(linear(gate.mul(gate.sigmoid()).mul(linear(g, at('mlp.up_proj'))), at('mlp.down_proj')));
  }
  const logits = linear(rmsNorm(x, variables.get('model.norm.weight')), 'lm_head');
  return tf.losses.softmaxCrossEntropy(targets, logits);
}

const moments = new Map(
  [...variables].map(([name, { shape }]) => [
    name,
    { first: tf.variable(tf.zeros(shape), false), second: tf.variable(tf.zeros(shape), false) },
  ]),
);
await measure(versionOf('@tensorflow/tfjs'), task, async (n) => {
  const value = tf.tidy(() => {
    const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
    const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => gradient.square().sum())));
    const factor = tf.minimum(tf.div(1, norm.add(1e-6)), 1);
    const root = Math.sqrt(1 - 0.99 ** n);
    for (const [name, variable] of variables) {
      const { first, second } = moments.get(name);
      const gradient = grads[name].mul(factor);
      first.assign(first.mul(0.9).add(gradient.mul(0.1)));
      second.assign(second.mul(0.99).add(gradient.square().mul(0.01)));
      const direction = first.div(second.sqrt().add(1e-8 * root));
      variable.assign(variable.sub(direction.mul((task.learningRate * root) / (1 - 0.9 ** n))));
    }
    return value;
  });
  const [number] = await value.data();
  value.dispose();
  return number;
});
process.exit(0);
