"""Fixture of every architecture in GGUF: what llama.cpp's own converter writes of tiny models with random weights.

    python -m pip install torch transformers sentencepiece      # llama.cpp's sources bring their own gguf-py
    python tooling/oracles/model/gguf_architectures.py LLAMA_CPP_SOURCES

For each model: config.json, logits of some positions by transformers, a greedy continuation, the keys of the converted file
and of each of its tensors the shape and the beginning of the SHA-256. Weights are those of tiny_models.py, so no file is kept.
"""
import hashlib
import json
import pathlib
import sys
import tempfile

import torch
import transformers

SOURCES = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(SOURCES / "gguf-py"), str(SOURCES)]
import gguf
from conversion import ModelType, get_model_architecture, get_model_class
from conversion.base import ModelBase

from tiny_architectures import FULL, GEMMA, NEW, NOISE, POSITIONS, PROMPT, SIZES, SLIDING, YARN, VOCABULARY, case, compute
from tiny_models import OUT, eager, numbers

CASES = {
    "llama": case("Llama", "LlamaForCausalLM", tie_word_embeddings=True, attention_bias=True, mlp_bias=True),
    "mistral": case("Mistral", "MistralForCausalLM", head_dim=12, sliding_window=None),
    "qwen2": case("Qwen2", "Qwen2ForCausalLM"),
    "qwen3": case("Qwen3", "Qwen3ForCausalLM", head_dim=16, rope_parameters=dict(rope_type="linear", rope_theta=1000.0, factor=3.0)),
    "phi3": case("Phi3", "Phi3ForCausalLM", sliding_window=None),
    "phi3-window": case("Phi3", "Phi3ForCausalLM", sliding_window=8),
    "phi3-partial": case("Phi3", "Phi3ForCausalLM", sliding_window=None, tie_word_embeddings=True, rope_parameters=dict(
        rope_type="default", rope_theta=1000.0, partial_rotary_factor=0.75)),
    "smollm3": case("SmolLM3", "SmolLM3ForCausalLM", num_hidden_layers=5, tie_word_embeddings=True),
    "olmo2": case("Olmo2", "Olmo2ForCausalLM"),
    "olmo2-yarn": case("Olmo2", "Olmo2ForCausalLM", rope_parameters=dict(YARN)),
    "gemma3": case("Gemma3Text", "Gemma3ForCausalLM", GEMMA, num_hidden_layers=7, query_pre_attn_scalar=16, rope_parameters={
        FULL: dict(rope_type="linear", rope_theta=5000.0, factor=8.0), SLIDING: dict(rope_type="default", rope_theta=100.0)}),
    "gemma3-softcap": case("Gemma3Text", "Gemma3ForCausalLM", GEMMA, num_hidden_layers=3, query_pre_attn_scalar=16,
                           final_logit_softcapping=3.0, layer_types=[SLIDING] * 3),
    "gpt2": (transformers.GPT2Config, transformers.GPT2LMHeadModel, dict(
        vocab_size=VOCABULARY, n_positions=64, n_ctx=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=None, eos_token_id=None), False),
}
# Ids are all that is compared: the files have no tokenizer.
TOKENIZER = {"model": {"type": "BPE", "vocab": {f"t{i}": i for i in range(VOCABULARY)}, "merges": []}, "added_tokens": []}


def converted(model):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        model.save_pretrained(path)
        (path / "tokenizer.json").write_text(json.dumps(TOKENIZER))
        made = get_model_class(get_model_architecture(ModelBase.load_hparams(path, False), ModelType.TEXT))
        instance = made(path, gguf.LlamaFileType.ALL_F32, path / "out.gguf", eager=True)
        instance.set_vocab = lambda: None
        instance.write()
        reader = gguf.GGUFReader(path / "out.gguf")
        keys = {}
        for name, field in reader.fields.items():
            if name.startswith(("GGUF.", "general.")):
                continue
            value = field.contents()
            keys[name] = [*(kind.name.lower() for kind in field.types), value]
        assert all(t.tensor_type == gguf.GGMLQuantizationType.F32 for t in reader.tensors)
        tensors = {t.name: {"shape": [int(n) for n in reversed(t.shape)],
                            "sha256": hashlib.sha256(t.data.tobytes()).hexdigest()[:12]} for t in reader.tensors}
        return reader.fields["general.architecture"].contents(), keys, tensors


def main():
    fixture = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__, "gguf-py": "of llama.cpp"},
               "prompt": PROMPT, "positions": POSITIONS, "cases": {}}
    for name, (configuration, architecture, options, _) in CASES.items():
        model = eager(architecture, configuration(**options))
        inputs, logits, _, greedy = compute(model)
        architecture_name, keys, tensors = converted(model)
        fixture["inputs"] = inputs[0].tolist()
        fixture["cases"][name] = {
            "config": {key: value for key, value in model.config.to_dict().items() if key not in NOISE},
            "shapes": {n: list(p.shape) for n, p in model.named_parameters()},
            "logits": [numbers(logits[0, position]) for position in POSITIONS],
            "greedy": greedy.tolist(),
            "architecture": architecture_name, "keys": keys, "tensors": tensors,
        }
    path = OUT / "gguf-architectures.json"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in fixture.pop("cases").items())
    path.write_text(json.dumps(fixture)[:-1] + f', "cases": {{\n{lines}\n}}}}\n')
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
