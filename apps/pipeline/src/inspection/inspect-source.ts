/** What a source is, told by what is in it, and what it holds. Reads headers, no weights. */
import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { FetchStore } from '@llm/core/stores';
import { artifactSource } from '@llm/model/gguf';
import { header, inspectAdapter, inspectFolder, inspectTokenizer, jsonOf } from './inspect-folder.js';
import { inspectGguf } from './inspect-gguf.js';
import { inspectOnnx } from './inspect-onnx.js';
import type { Inspection } from './inspection.js';

/** Throws `pipeline/source-unknown`, and what reading the headers throws. */
export async function inspectSource(source: string): Promise<Inspection> {
  if (source.startsWith('hf:')) return inspectFolder(hubStore(source), '', 'Hugging Face repository');
  if (/^https?:/i.test(source)) {
    const url = new URL(source);
    const file = decodeURIComponent(url.pathname.split('/').at(-1)!);
    url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf('/'));
    return inspectGguf(await artifactSource(new FetchStore(url), file));
  }
  const [, part = source, stage] = /^(.*?)(?:#([\w-]+))?$/s.exec(source) ?? [];
  const path = (await exists(source)) ? source : part;
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) throw unknown(`There is no ${path}.`);
  if (entry.isDirectory()) return inspectDirectory(path, path === source ? undefined : stage);
  return inspectFile(path);
}

async function inspectFile(path: string): Promise<Inspection> {
  const store = new DirectoryStore(dirname(resolve(path)));
  const name = basename(path);
  const file = await open(path);
  const begin = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close());
  if (begin.buffer.toString('latin1') === 'GGUF') return inspectGguf(await artifactSource(store, name));
  if (/\.safetensors$/i.test(name))
    return {
      format: 'safetensors file',
      tensors: await header(store, name),
      unsupported: ['Weights alone are no model: give the folder with its config.json.'],
    };
  if (/\.onnx$/i.test(name)) return inspectOnnx(await artifactSource(store, name));
  if (/\.json$/i.test(name)) return inspectTokenizer(new TextDecoder().decode(await store.read(name)));
  throw unknown(
    `${path} is no file that is known: .gguf, .safetensors, .onnx and tokenizer.json are, and folders of models.`,
  );
}

async function inspectDirectory(path: string, stage: string | undefined): Promise<Inspection> {
  const store = new DirectoryStore(path);
  const read = async (key: string): Promise<ReturnType<typeof jsonOf>> =>
    (await store.has(key)) ? jsonOf(new TextDecoder().decode(await store.read(key))) : undefined;
  if ((await read('config.json'))?.kind === 'llm/run-config') {
    for (const name of stage === undefined ? ['rl', 'sft', 'pretrain'] : [stage])
      if (await store.has(`${name}/model/latest.json`))
        return checkpoint(
          store,
          `${name}/model/`,
          await read(`${name}/model/latest.json`),
          `${name} model of a run`,
        );
    throw unknown(`The run ${path} has no finished ${stage === undefined ? '' : `${stage} `}model yet.`);
  }
  if (await store.has('adapter_config.json')) return inspectAdapter(store);
  if (await store.has('latest.json')) return checkpoint(store, '', await read('latest.json'), 'checkpoint');
  if (await store.has('config.json')) return inspectFolder(store, '', 'Hugging Face folder');
  if (await store.has('tokenizer.json'))
    return inspectTokenizer(new TextDecoder().decode(await store.read('tokenizer.json')));
  throw unknown(`${path} holds no model: no config.json, checkpoint, adapter_config.json or tokenizer.json.`);
}

function checkpoint(
  store: DirectoryStore,
  prefix: string,
  pointer: ReturnType<typeof jsonOf>,
  format: string,
): Promise<Inspection> {
  const folder = pointer?.folder;
  if (typeof folder !== 'string' || !/^step-\d+$/.test(folder))
    throw unknown(`${prefix}latest.json does not point to a checkpoint.`);
  return inspectFolder(store, `${prefix}${folder}/`, format);
}

function hubStore(source: string): FetchStore {
  const [, name, revision = 'main'] = /^hf:([\w.-]+\/[\w.-]+)(?:@(.+))?$/.exec(source) ?? [];
  if (name === undefined)
    throw unknown(`${source} is no address of the hub: hf:owner/name or hf:owner/name@revision.`);
  const { HF_ENDPOINT: endpoint = 'https://huggingface.co', HF_TOKEN: token } = process.env;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new FetchStore(`${endpoint}/${name}/resolve/${encodeURIComponent(revision)}`, { headers });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function unknown(message: string): LlmError {
  return new LlmError({ code: 'pipeline/source-unknown', message });
}
