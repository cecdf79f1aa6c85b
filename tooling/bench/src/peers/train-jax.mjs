// Peer of the train benches: the same Qwen3-shaped model, cross-entropy, clipping and AdamW in jax-js on WebAssembly, one
// thread (in Node it has no more), forward, backward and update compiled as one function. Usage: train-jax.mjs TASK
import { importPeer, measure, readTask, versionOf } from './train-task.mjs';

// Node 20 has no navigator, which jax-js asks for the number of cores.
globalThis.navigator ??= { hardwareConcurrency: 1 };
const { init, defaultDevice, jit, nn, numpy: np, tree, valueAndGrad } = await importPeer('@jax-js/jax');
await init('wasm');
defaultDevice('wasm');

const task = readTask(process.argv[2]);
const { config, rows, columns } = task;
const { width, heads, headWidth, depth, vocabularySize } = config;
const positions = rows * columns;

// Arrays are consumed by use; `.ref` keeps one for another.
const rmsNorm = (x, weight) => {
  const mean = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.div(np.sqrt(mean.add(config.normalizationEpsilon))).mul(weight);
};
const linear = (x, weight) => np.matmul(x, np.transpose(weight));
const angles = Array.from({ length: columns }, (_, t) =>
  Array.from(
    { length: headWidth },
    (_, i) => t * config.rotaryBase ** (-(2 * (i % (headWidth / 2))) / headWidth),
  ),
);
const cosines = np.array(angles.map((row) => row.map(Math.cos)));
const sines = np.array(angles.map((row) => row.map((a, i) => (i < headWidth / 2 ? -1 : 1) * Math.sin(a))));
const mask = np.array(
  Array.from({ length: columns }, (_, i) => Array.from({ length: columns }, (_, j) => (j > i ? -1e9 : 0))),
);
const rotate = (x) => {
  const [a, b] = np.split(x.ref, 2, -1);
  return x.mul(cosines.ref).add(np.concatenate([b, a], -1).mul(sines.ref));
};
/** [positions, width] → [rows, heads, columns, headWidth] */
const split = (x) => np.transpose(x.reshape([rows, columns, heads, headWidth]), [0, 2, 1, 3]);

function loss(p, inputs, targets) {
  let x = np.matmul(nn.oneHot(inputs, vocabularySize), p['model.embed_tokens.weight']);
  for (let layer = 0; layer < depth; layer++) {
    const w = (name) => p[`model.layers.${layer}.${name}.weight`];
    const h = rmsNorm(x.ref, w('input_layernorm'));
    const headNorm = (name, y) =>
      rmsNorm(y.reshape([rows, columns, heads, headWidth]), w(name)).reshape([positions, width]);
    const query = rotate(split(headNorm('self_attn.q_norm', linear(h.ref, w('self_attn.q_proj')))));
    const key = rotate(split(headNorm('self_attn.k_norm', linear(h.ref, w('self_attn.k_proj')))));
    const value = split(linear(h, w('self_attn.v_proj')));
    const scores = np.matmul(query, np.transpose(key, [0, 1, 3, 2])).mul(1 / Math.sqrt(headWidth));
    const mixed = np.matmul(nn.softmax(scores.add(mask.ref), -1), value);
    const joined = np.transpose(mixed, [0, 2, 1, 3]).reshape([positions, width]);
    x = x.add(linear(joined, w('self_attn.o_proj')));
    const g = rmsNorm(x.ref, w('post_attention_layernorm'));
    const hidden = nn.silu(linear(g.ref, w('mlp.gate_proj'))).mul(linear(g, w('mlp.up_proj')));
    x = x.add(linear(hidden, w('mlp.down_proj')));
  }
  const logits = linear(rmsNorm(x, p['model.norm.weight']), p['lm_head.weight']);
  const picked = np.sum(logits.ref.mul(nn.oneHot(targets, vocabularySize)), -1);
  return np.mean(nn.logsumexp(logits, -1).sub(picked));
}

const update = jit((parameters, first, second, inputs, targets, step, epsilon) => {
  const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), inputs, targets);
  const norm = np.sqrt(
    Object.values(gradients)
      .map((gradient) => np.sum(np.square(gradient.ref)))
      .reduce((a, b) => a.add(b)),
  );
  const factor = np.minimum(np.array(1).div(norm.add(1e-6)), 1);
  const next = {};
  const nextFirst = {};
  const nextSecond = {};
  for (const name of Object.keys(parameters)) {
    const gradient = gradients[name].mul(factor.ref);
    nextFirst[name] = first[name].mul(0.9).add(gradient.ref.mul(0.1));
    nextSecond[name] = second[name].mul(0.99).add(np.square(gradient).mul(0.01));
    const direction = nextFirst[name].ref.div(np.sqrt(nextSecond[name].ref).add(epsilon.ref));
    next[name] = parameters[name].sub(direction.mul(step.ref));
  }
  return [value, next, nextFirst, nextSecond];
});

let parameters = {};
let first = {};
let second = {};
for (const [name, { shape, data }] of task.parameters) {
  parameters[name] = np.array(data).reshape(shape);
  first[name] = np.zeros(shape);
  second[name] = np.zeros(shape);
}
const ids = (values) => np.array(Int32Array.from(values), { dtype: np.int32 });
await measure(versionOf('@jax-js/jax'), task, async (n) => {
  const root = Math.sqrt(1 - 0.99 ** n);
  const step = np.array((task.learningRate * root) / (1 - 0.9 ** n));
  const result = update(
    parameters,
    first,
    second,
    ids(task.inputs),
    ids(task.targets),
    step,
    np.array(1e-8 * root),
  );
  let value;
  [value, parameters, first, second] = result;
  return (await value.data())[0];
});
process.exit(0);
