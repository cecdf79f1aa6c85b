"""Fixture of nanochat's value embeddings, smear, residual scalars and backout, from PyTorch.

    .peers/bin/python tooling/oracles/model/tiny_nanochat_switches.py [NANOCHAT_CHECKOUT]

The model is restated here from nanochat/gpt.py at commit 92d63d4, in float32, under the names of @llm/model. With a
checkout of nanochat as argument, its own GPT class is given the same weights and must agree in logits, loss and every
gradient. nanochat turns heads the other way round, so the halves of query and key heads change places there.
"""
import os
import sys

import torch
import torch.nn.functional as F

from tiny_models import batch, numbers, optimizer_losses, weights, write

VOCABULARY, WINDOW, DEPTH, WIDTH, HEADS, SHARED, HEAD = 61, 16, 3, 32, 4, 2, 8
EPSILON = 2.0**-23
CONFIG = {
    "vocabularySize": VOCABULARY, "contextLength": WINDOW, "depth": DEPTH, "width": WIDTH, "heads": HEADS,
    "keyValueHeads": SHARED, "headWidth": HEAD, "feedForwardWidth": 4 * WIDTH,
}
# nanochat's groups relative to one rate: (factor, weight decay, betas).
GROUPS = {
    "matrix": (1, 0.1, (0.9, 0.99)), "gate": (2, 0.0, (0.8, 0.95)), "embedding": (3, 0.001, (0.8, 0.995)),
    "valueEmbedding": (1.5, 0.01, (0.8, 0.995)), "head": (0.4, 0.01, (0.8, 0.96)),
    "residualScalar": (0.25, 0.05, (0.8, 0.95)), "embeddingScalar": (5, 0.0, (0.96, 0.95)), "scalar": (2, 0.0, (0.8, 0.95)),
}


def shapes():
    shape = {"model.embed_tokens.weight": (VOCABULARY, WIDTH), "model.smear_gate.weight": (1, 24),
             "model.smear_scalar": (1,), "model.residual_scalars": (DEPTH,), "model.embedding_scalars": (DEPTH,)}
    for layer in range(DEPTH):
        name = f"model.layers.{layer}."
        shape[name + "self_attn.q_proj.weight"] = (HEADS * HEAD, WIDTH)
        shape[name + "self_attn.k_proj.weight"] = (SHARED * HEAD, WIDTH)
        shape[name + "self_attn.v_proj.weight"] = (SHARED * HEAD, WIDTH)
        shape[name + "self_attn.o_proj.weight"] = (WIDTH, HEADS * HEAD)
        if layer % 2 == (DEPTH - 1) % 2:
            shape[name + "self_attn.value_embedding.weight"] = (VOCABULARY, SHARED * HEAD)
            shape[name + "self_attn.value_gate.weight"] = (SHARED, 12)
        shape[name + "mlp.up_proj.weight"] = (4 * WIDTH, WIDTH)
        shape[name + "mlp.down_proj.weight"] = (WIDTH, 4 * WIDTH)
    shape["model.backout_scalar"] = (1,)
    shape["lm_head.weight"] = (VOCABULARY, WIDTH)
    return shape


def role(name):
    if "value_embedding" in name:
        return "valueEmbedding"
    if "gate.weight" in name:
        return "gate"
    if name.endswith("_scalar"):
        return "scalar"
    ends = {"embed_tokens.weight": "embedding", "lm_head.weight": "head", "residual_scalars": "residualScalar",
            "embedding_scalars": "embeddingScalar"}
    return next((value for end, value in ends.items() if name.endswith(end)), "matrix")


def norm(x):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON)


def rotate(x):
    frequencies = 100000.0 ** (-torch.arange(0, HEAD, 2, dtype=torch.float64) / HEAD)
    angles = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), frequencies)
    cos, sin = angles.cos().float(), angles.sin().float()
    first, second = x[..., : HEAD // 2], x[..., HEAD // 2 :]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        # A parameter's name may not hold a dot in PyTorch.
        self.table = {name: torch.nn.Parameter(weights(name, shape, 0.3)) for name, shape in shapes().items()}

    def named_parameters(self):
        return self.table.items()

    def parameters(self):
        return self.table.values()

    def attention(self, name, ids, x):
        rows, time, _ = x.shape
        heads = lambda part, count: (x @ self.table[name + part].T).view(rows, time, count, HEAD).transpose(1, 2)
        q = norm(rotate(heads("q_proj.weight", HEADS))) * 1.2
        k = norm(rotate(heads("k_proj.weight", SHARED))) * 1.2
        v = heads("v_proj.weight", SHARED)
        if name + "value_gate.weight" in self.table:
            gate = 3 * torch.sigmoid(x[..., :12] @ self.table[name + "value_gate.weight"].T)
            vectors = self.table[name + "value_embedding.weight"][ids].view(rows, time, SHARED, HEAD)
            v = v + (gate.unsqueeze(-1) * vectors).transpose(1, 2)
        k, v = (part.repeat_interleave(HEADS // SHARED, 1) for part in (k, v))
        scores = q @ k.transpose(2, 3) / HEAD**0.5
        scores = scores.masked_fill(torch.ones(time, time).triu(1).bool(), float("-inf"))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, time, HEADS * HEAD)
        return mixed @ self.table[name + "o_proj.weight"].T

    def forward(self, ids):
        p = self.table
        x = norm(p["model.embed_tokens.weight"][ids])
        gate = p["model.smear_scalar"] * torch.sigmoid(x[:, 1:, :24] @ p["model.smear_gate.weight"].T)
        x = torch.cat([x[:, :1], x[:, 1:] + gate * x[:, :-1]], 1)
        embedded = x
        for layer in range(DEPTH):
            name = f"model.layers.{layer}."
            x = p["model.residual_scalars"][layer] * x + p["model.embedding_scalars"][layer] * embedded
            x = x + self.attention(name + "self_attn.", ids, norm(x))
            hidden = F.relu(norm(x) @ p[name + "mlp.up_proj.weight"].T) ** 2
            x = x + hidden @ p[name + "mlp.down_proj.weight"].T
            if layer == DEPTH // 2:
                middle = x
        x = norm(x - p["model.backout_scalar"] * middle)
        logits = 15 * torch.tanh(x @ p["lm_head.weight"].T / 15)
        return type("Output", (), {"logits": logits})


def weighted_loss(logits, targets, masks):
    losses = F.cross_entropy(logits.reshape(-1, VOCABULARY), targets.reshape(-1), reduction="none")
    return (losses * masks).sum() / masks.sum()


def groups(model):
    members = {}
    for name, parameter in model.named_parameters():
        members.setdefault(role(name), []).append(parameter)
    optimizers = []
    for name, parameters in members.items():
        factor, decay, betas = GROUPS[name]

        class Scaled(torch.optim.AdamW):
            """The rate of the schedule times this group's factor."""

            def step(self, factor=factor):
                for group in self.param_groups:
                    group["lr"] *= factor
                super().step()

        optimizers.append(Scaled(parameters, lr=0.01, betas=betas, eps=1e-8, weight_decay=decay))
    return optimizers


def their_name(name):
    fixed = {"model.embed_tokens.weight": "transformer.wte.weight", "model.smear_gate.weight": "smear_gate.weight",
             "model.smear_scalar": "smear_lambda", "model.residual_scalars": "resid_lambdas",
             "model.embedding_scalars": "x0_lambdas", "model.backout_scalar": "backout_lambda"}
    if name in fixed or "layers" not in name:
        return fixed.get(name, name)
    layer, part = name.removeprefix("model.layers.").split(".", 1)
    if "value_embedding" in part:
        return f"value_embeds.{layer}.weight"
    for ours, theirs in (("self_attn.value_gate", "attn.ve_gate"), ("self_attn.q_proj", "attn.c_q"),
                         ("self_attn.k_proj", "attn.c_k"), ("self_attn.v_proj", "attn.c_v"),
                         ("self_attn.o_proj", "attn.c_proj"), ("mlp.up_proj", "mlp.c_fc"), ("mlp.down_proj", "mlp.c_proj")):
        part = part.replace(ours, theirs)
    return f"transformer.h.{layer}.{part}"


def turned(name, tensor):
    """Halves of query and key heads swapped; the same again turns them back."""
    if "q_proj" not in name and "k_proj" not in name:
        return tensor
    return tensor.view(-1, 2, HEAD // 2, WIDTH).flip(1).reshape(tensor.shape)


def compare_with_nanochat(checkout, model, inputs, targets, masks, loss, logits):
    os.environ["NANOCHAT_DTYPE"] = "float32"
    sys.path.insert(0, checkout)
    from nanochat.gpt import GPT, GPTConfig

    theirs = GPT(GPTConfig(sequence_len=WINDOW, vocab_size=VOCABULARY, n_layer=DEPTH, n_head=HEADS, n_kv_head=SHARED,
                           n_embd=WIDTH, window_pattern="L"))
    table = dict(theirs.named_parameters())
    assert {their_name(name) for name in model.table} == set(table), "the two have different parameters"
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Their tables have rows for a vocabulary rounded up to 64.
            table[their_name(name)][: parameter.shape[0]] = turned(name, parameter)
    other = theirs(inputs)
    other_loss = weighted_loss(other, targets, masks)
    other_loss.backward()
    relative = lambda a, b: float((a - b).detach().abs().max() / b.detach().abs().max())
    errors = {"logits": relative(logits, other), "loss": relative(loss, other_loss)}
    for name, parameter in model.named_parameters():
        gradient = table[their_name(name)].grad[: parameter.shape[0]]
        errors[name] = relative(parameter.grad, turned(name, gradient))
    worst = max(errors, key=errors.get)
    print(f"nanochat's own GPT: largest relative difference {errors[worst]:.1e} ({worst})")
    assert errors[worst] < 1e-4


def main():
    inputs, targets = batch(VOCABULARY, 2, 8)
    masks = torch.tensor([1.0] * 5 + [0.0, 2.0, 1.0] + [1.0] * 8)
    model = Model()
    logits = model(inputs).logits
    loss = weighted_loss(logits, targets, masks)
    loss.backward()
    if len(sys.argv) > 1:
        compare_with_nanochat(sys.argv[1], model, inputs, targets, masks, loss, logits)
    ids = inputs[:1, :5]
    with torch.no_grad():
        for _ in range(10):
            ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], 1)
    write("tiny-nanochat-switches", {
        "versions": {"torch": torch.__version__},
        "config": CONFIG,
        "inputs": inputs.reshape(-1).tolist(),
        "targets": targets.reshape(-1).tolist(),
        "weights": masks.tolist(),
        "logits": numbers(logits),
        "loss": float(loss.detach()),
        "gradients": {
            name: {"shape": list(p.shape), "norm": float(p.grad.norm()), "first": numbers(p.grad.reshape(-1)[:8])}
            for name, p in model.named_parameters()
        },
        "greedy": ids[0, 5:].tolist(),
        "groups": {name: {"rate": rate, "weightDecay": decay, "betas": betas}
                   for name, (rate, decay, betas) in GROUPS.items()},
        "adamw": optimizer_losses(Model, inputs, targets, masks, groups, 10),
    })


if __name__ == "__main__":
    main()
