"""Fixture of the families beside Qwen3, Llama, GPT-2 and nanochat: tiny models with random weights, longer than their windows.

    .peers/bin/python tooling/oracles/model/tiny_architectures.py

For each: config.json, log-probabilities of every next token, logits of some positions, a greedy continuation through the
cache, and for some the loss and its gradients. Weights are those of tiny_models.py. With directories as arguments, which
packages/model wrote from the fixture (write-architectures.ts), each must open as its class and give the fixture's numbers.
"""
import json
import sys

import torch
import transformers

from tiny_models import OUT, batch, eager, loss_of, numbers

VOCABULARY, LENGTH, PROMPT, NEW = 41, 40, 30, 8
POSITIONS = [3, 17, LENGTH - 1]
SIZES = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, pad_token_id=None, bos_token_id=None, eos_token_id=None,
             tie_word_embeddings=False)
YARN = dict(rope_type="yarn", rope_theta=500.0, factor=4.0, original_max_position_embeddings=16)
GEMMA = dict(SIZES, tie_word_embeddings=True, num_hidden_layers=4, head_dim=16, sliding_window=9)
SLIDING, FULL = "sliding_attention", "full_attention"


def case(family, architecture, sizes=SIZES, gradients=False, **options):
    return getattr(transformers, f"{family}Config"), getattr(transformers, architecture), {**sizes, **options}, gradients


CASES = {
    "qwen2": case("Qwen2", "Qwen2ForCausalLM", gradients=True),
    "qwen2-window-tied": case("Qwen2", "Qwen2ForCausalLM", tie_word_embeddings=True, use_sliding_window=True,
                              sliding_window=7, max_window_layers=1),
    "qwen2-yarn": case("Qwen2", "Qwen2ForCausalLM", rope_parameters=YARN),
    "qwen3-linear": case("Qwen3", "Qwen3ForCausalLM", head_dim=16,
                         rope_parameters=dict(rope_type="linear", rope_theta=1000.0, factor=3.0)),
    "llama-yarn": case("Llama", "LlamaForCausalLM", rope_parameters=dict(
        YARN, beta_fast=8.0, beta_slow=0.5, truncate=False, mscale=0.8, mscale_all_dim=0.4)),
    "llama-yarn-factor": case("Llama", "LlamaForCausalLM", attention_bias=True, rope_parameters=dict(
        YARN, attention_factor=1.3)),
    "mistral": case("Mistral", "MistralForCausalLM", head_dim=12, sliding_window=6),
    "mistral-whole": case("Mistral", "MistralForCausalLM", sliding_window=None, tie_word_embeddings=True),
    "phi3": case("Phi3", "Phi3ForCausalLM", sliding_window=8, gradients=True),
    "phi3-partial": case("Phi3", "Phi3ForCausalLM", tie_word_embeddings=True, rope_parameters=dict(
        rope_type="default", rope_theta=1000.0, partial_rotary_factor=0.75)),
    "smollm3": case("SmolLM3", "SmolLM3ForCausalLM", num_hidden_layers=4, no_rope_layers=[1, 1, 0, 1]),
    "smollm3-window": case("SmolLM3", "SmolLM3ForCausalLM", num_hidden_layers=4, no_rope_layer_interval=2,
                           use_sliding_window=True, sliding_window=9, tie_word_embeddings=True, mlp_bias=True,
                           rope_parameters=dict(YARN)),
    "olmo2": case("Olmo2", "Olmo2ForCausalLM", gradients=True),
    "olmo2-llama3-tied": case("Olmo2", "Olmo2ForCausalLM", tie_word_embeddings=True, num_key_value_heads=4,
                              rope_parameters=dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0,
                                                   high_freq_factor=4.0, original_max_position_embeddings=16)),
    "gemma3": case("Gemma3Text", "Gemma3ForCausalLM", GEMMA, gradients=True, query_pre_attn_scalar=20,
                   layer_types=[SLIDING, SLIDING, FULL, SLIDING], rope_parameters={
                       FULL: dict(rope_type="linear", rope_theta=5000.0, factor=8.0),
                       SLIDING: dict(rope_type="default", rope_theta=100.0)}),
    "gemma3-older-keys": case("Gemma3Text", "Gemma3ForCausalLM", GEMMA, sliding_window_pattern=2, rope_theta=5000.0,
                              rope_local_base_freq=100.0, rope_scaling=dict(rope_type="linear", factor=8.0),
                              final_logit_softcapping=3.0, tie_word_embeddings=False),
    "gemma2": case("Gemma2", "Gemma2ForCausalLM", GEMMA, gradients=True, attn_logit_softcapping=1.5,
                   final_logit_softcapping=4.0),
}
# What every configuration of transformers says and no family means anything by.
NOISE = ("transformers_version", "architectures", "output_hidden_states", "return_dict", "chunk_size_feed_forward", "id2label",
         "label2id", "problem_type", "initializer_range", "_name_or_path", "output_attentions", "dtype")


def compute(model):
    # Ids that do not come round again within a window.
    inputs = torch.tensor([[(7 * i * i + 3 * i + i // 5) % VOCABULARY for i in range(LENGTH)]])
    with torch.no_grad():
        logits = model(inputs).logits
        prompt = inputs[:, :PROMPT]
        greedy = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=NEW, do_sample=False,
                                eos_token_id=None, pad_token_id=0)[0, PROMPT:]
    scores = logits.log_softmax(-1)[0, :-1].gather(1, inputs[0, 1:, None])
    return inputs, logits, scores, greedy


def gradients_of(model):
    inputs, targets = batch(VOCABULARY, 2, 16)
    loss, _ = loss_of(model, inputs, targets, torch.ones(32))
    loss.backward()
    return {
        "inputs": inputs.reshape(-1).tolist(), "targets": targets.reshape(-1).tolist(), "loss": float(loss.detach()),
        "gradients": {n: {"norm": float(f"{p.grad.norm():.7g}"), "first": numbers(p.grad.reshape(-1)[:4])}
                      for n, p in model.named_parameters()},
    }


def record():
    fixture = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__},
               "prompt": PROMPT, "positions": POSITIONS, "cases": {}}
    for name, (configuration, architecture, options, gradients) in CASES.items():
        model = eager(architecture, configuration(**options))
        inputs, logits, scores, greedy = compute(model)
        said = {key: value for key, value in model.config.to_dict().items() if key not in NOISE}
        if "older" in name:
            # The keys as files of transformers 4 have them; what they mean there is what was just computed.
            said = {"model_type": said["model_type"], **{k: v for k, v in options.items()}, "num_hidden_layers": 4}
        fixture["inputs"] = inputs[0].tolist()
        fixture["cases"][name] = {
            "config": said,
            "shapes": {n: list(p.shape) for n, p in model.named_parameters()},
            "scores": numbers(scores),
            "logits": [numbers(logits[0, position]) for position in POSITIONS],
            "greedy": greedy.tolist(),
            "training": gradients_of(model) if gradients else None,
        }
    path = OUT / "tiny-architectures.json"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in fixture.pop("cases").items())
    path.write_text(json.dumps(fixture)[:-1] + f', "cases": {{\n{lines}\n}}}}\n')
    print(path.name, path.stat().st_size)


def check(directories):
    cases = json.loads((OUT / "tiny-architectures.json").read_text())["cases"]
    for directory in directories:
        name = directory.rstrip("/").split("/")[-1]
        model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager")
        _, _, scores, greedy = compute(model.eval())
        error = max(abs(a - b) for a, b in zip(numbers(scores), cases[name]["scores"]))
        assert error < 1e-5 and greedy.tolist() == cases[name]["greedy"], (name, error)
        print(f"{name}: {type(model).__name__}, log-probabilities within {error:.1e}, same greedy tokens")


if __name__ == "__main__":
    check(sys.argv[1:]) if len(sys.argv) > 1 else record()
