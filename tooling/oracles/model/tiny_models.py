"""Fixtures of @llm/model from PyTorch and Hugging Face transformers: logits, loss, gradients, optimizer steps.

    .peers/bin/python tooling/oracles/model/tiny_models.py

Weights are not stored: both sides compute them from the tensor's name and the element's index.
"""
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
import transformers

torch.set_num_threads(1)
OUT = pathlib.Path(__file__).parents[3] / "packages/model/src/fixtures"


def weights(name, shape, scale):
    """Uniform in ±scale from a 32-bit mix of name and index; scales of norms are around one."""
    seed = 0
    for byte in name.encode():
        seed = (seed * 31 + byte) & 0xFFFFFFFF
    index = np.arange(math.prod(shape), dtype=np.uint64)
    x = (index * 2654435761 + seed) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 3266489917) & 0xFFFFFFFF
    x = x ^ (x >> 16)
    value = (x.astype(np.float64) / 2**32 * 2 - 1) * scale
    if "norm" in name or ".ln_" in name:
        value = value * 0.5 + (0 if name.endswith("bias") else 1)
    return torch.tensor(value.astype(np.float32)).reshape(shape)


def fill(model, scale=0.3):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights(name, tuple(parameter.shape), scale))
    return model


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().reshape(-1).tolist()]


def batch(vocabulary, rows, columns):
    ids = [(7 * i * i + 3 * i + 1) % vocabulary for i in range(rows * (columns + 1))]
    grid = torch.tensor(ids).reshape(rows, columns + 1)
    return grid[:, :-1], grid[:, 1:]


def loss_of(model, inputs, targets, masks):
    logits = model(inputs).logits
    losses = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), reduction="none")
    return (losses * masks).sum() / masks.sum(), logits


def optimizer_losses(make_model, inputs, targets, masks, make_optimizers, steps):
    model = make_model()
    optimizers = make_optimizers(model)
    losses, norms = [], []
    for step in range(steps):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = 0.01 * (1 - step / 20)
            optimizer.zero_grad()
        loss, _ = loss_of(model, inputs, targets, masks)
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)))
        for optimizer in optimizers:
            optimizer.step()
        losses.append(float(loss.detach()))
    return {"losses": losses, "gradientNorms": norms}


def is_matrix(name):
    parts = ("proj", "fc1", "fc2", "c_attn", "c_fc")
    return name.startswith(("model.layers.", "transformer.h.")) and name.endswith(tuple(f"{part}.weight" for part in parts))


def adamw(model):
    matrices = [p for n, p in model.named_parameters() if is_matrix(n)]
    others = [p for n, p in model.named_parameters() if not is_matrix(n)]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    return [torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.99), eps=1e-8)]


def separate(name, parameter):
    """GPT-2 keeps queries, keys and values in one matrix; to Muon they are three. Each part: parameter and its columns."""
    width = parameter.shape[1] // (3 if "c_attn" in name else 1)
    return [(parameter, slice(start, start + width)) for start in range(0, parameter.shape[1], width)]


class MuonOfParts(torch.optim.Muon):
    def __init__(self, parts, **options):
        self.parts = [(whole, columns, torch.nn.Parameter(whole.detach()[:, columns].clone())) for whole, columns in parts]
        super().__init__([part for _, _, part in self.parts], **options)

    def zero_grad(self):
        for whole, _, _ in self.parts:
            whole.grad = None

    def step(self):
        for whole, columns, part in self.parts:
            part.grad = whole.grad[:, columns].clone()
        super().step()
        with torch.no_grad():
            for whole, columns, part in self.parts:
                whole[:, columns] = part


def muon(model):
    # torch.optim.Muon orthogonalises in bfloat16; here it shall be an oracle, so it works in float32.
    torch.bfloat16 = torch.float32
    matrices = [part for n, p in model.named_parameters() if is_matrix(n) for part in separate(n, p)]
    others = [p for n, p in model.named_parameters() if not is_matrix(n)]
    return [
        MuonOfParts(matrices, lr=0.01, weight_decay=0.1, momentum=0.95, nesterov=True,
                         ns_steps=5, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0),
    ]


def training_fixture(name, make_model, vocabulary, optimizers):
    inputs, targets = batch(vocabulary, 2, 8)
    masks = torch.tensor([1.0] * 5 + [0.0, 2.0, 1.0] + [1.0] * 8)
    model = make_model()
    loss, logits = loss_of(model, inputs, targets, masks)
    loss.backward()
    gradients = {
        n: {"shape": list(p.shape), "norm": float(p.grad.norm()), "first": numbers(p.grad.reshape(-1)[:8])}
        for n, p in model.named_parameters()
    }
    fixture = {
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "config": model.config.to_dict(),
        "inputs": inputs.reshape(-1).tolist(),
        "targets": targets.reshape(-1).tolist(),
        "weights": masks.tolist(),
        "logits": numbers(logits),
        "loss": float(loss.detach()),
        "gradients": gradients,
    }
    prompt = inputs[:1, :5]
    fixture["greedy"] = {
        str(penalty): model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=10, do_sample=False,
                                     repetition_penalty=penalty, eos_token_id=None, pad_token_id=0)[0, 5:].tolist()
        for penalty in (1.0, 1.5)
    }
    for kind, make in optimizers.items():
        fixture[kind] = optimizer_losses(make_model, inputs, targets, masks, make, 10)
    write(name, fixture)


def write(name, fixture):
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"{name}.json"
    path.write_text(json.dumps(fixture, default=str) + "\n")
    print(path.name, path.stat().st_size)


def tiny_qwen3():
    config = transformers.Qwen3Config(
        vocab_size=61, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=16, rms_norm_eps=1e-6,
        rope_theta=10000.0, tie_word_embeddings=False, attention_bias=False)
    config._attn_implementation = "eager"
    return fill(transformers.Qwen3ForCausalLM(config))


def tiny_qwen3_tied():
    config = transformers.Qwen3Config(
        vocab_size=61, hidden_size=24, intermediate_size=40, num_hidden_layers=1, num_attention_heads=3,
        num_key_value_heads=3, head_dim=16, max_position_embeddings=16, rms_norm_eps=1e-5,
        rope_theta=1000000.0, tie_word_embeddings=True, attention_bias=True)
    return eager(transformers.Qwen3ForCausalLM, config)


def tiny_llama():
    config = transformers.LlamaConfig(
        vocab_size=61, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, rms_norm_eps=1e-5, tie_word_embeddings=False,
        rope_parameters={"rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
                         "high_freq_factor": 4.0, "original_max_position_embeddings": 16})
    return eager(transformers.LlamaForCausalLM, config)


def tiny_gpt2():
    config = transformers.GPT2Config(
        vocab_size=61, n_embd=32, n_layer=2, n_head=4, n_positions=16, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)
    return eager(transformers.GPT2LMHeadModel, config)


def tiny_nanochat():
    config = transformers.NanoChatConfig(
        vocab_size=61, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=16, final_logit_softcapping=15.0,
        pad_token_id=None)  # its embedding would get no gradient
    return eager(transformers.NanoChatForCausalLM, config)


def eager(model, config):
    config._attn_implementation = "eager"
    return fill(model(config)).eval()


class Lora(torch.nn.Module):
    """W x + 2 B A x, W frozen: the formula of the paper."""

    def __init__(self, linear, name, rank):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        out, inside = linear.weight.shape
        self.lora_A = torch.nn.Parameter(weights(f"{name}.lora_A.weight", (rank, inside), 0.3))
        self.lora_B = torch.nn.Parameter(weights(f"{name}.lora_B.weight", (out, rank), 0.3))

    def forward(self, x):
        return self.linear(x) + 2 * (x @ self.lora_A.T @ self.lora_B.T)


def lora_qwen3():
    model = tiny_qwen3().requires_grad_(False)
    for index, layer in enumerate(model.model.layers):
        for block, targets in (("self_attn", ("q_proj", "v_proj")), ("mlp", ("down_proj",))):
            for target in targets:
                owner = getattr(layer, block)
                name = f"model.layers.{index}.{block}.{target}"
                setattr(owner, target, Lora(getattr(owner, target), name, 3))
    return model


def lora_adamw(model):
    factors = [p for p in model.parameters() if p.requires_grad]
    return [torch.optim.AdamW(factors, lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0)]


def lora_fixture():
    inputs, targets = batch(61, 2, 8)
    masks = torch.tensor([1.0] * 5 + [0.0, 2.0, 1.0] + [1.0] * 8)
    write("tiny-lora", optimizer_losses(lora_qwen3, inputs, targets, masks, lora_adamw, 10))


if __name__ == "__main__":
    lora_fixture()
    for make in (tiny_qwen3, tiny_qwen3_tied, tiny_llama, tiny_gpt2, tiny_nanochat):
        training_fixture(make.__name__.replace("_", "-"), make, 61, {"adamw": adamw, "muon": muon})
