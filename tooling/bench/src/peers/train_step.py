"""Peer of the train bench: the same Qwen3-shaped model and AdamW step in PyTorch. Prints the tokens per second of
the best step as JSON.

    python train_step.py '{"depth":4,"width":256,…}'
"""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

o = json.loads(sys.argv[1])
torch.set_num_threads(o["threads"])
device = o.get("device", "cpu")
D, H = o["headWidth"], o["width"] // o["headWidth"]


class Block(nn.Module):
    def __init__(self, width, hidden, time_steps):
        super().__init__()
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.n1, self.n2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.qn, self.kn = nn.Parameter(torch.ones(D)), nn.Parameter(torch.ones(D))
        self.q, self.k, self.v, self.o = (linear(width, width) for _ in range(4))
        self.gate, self.up, self.down = linear(width, hidden), linear(width, hidden), linear(hidden, width)
        angle = torch.arange(time_steps)[:, None] * 10000 ** (-torch.arange(0, D, 2) / D)
        self.register_buffer("cos", torch.cat([angle.cos()] * 2, -1))
        self.register_buffer("sin", torch.cat([-angle.sin(), angle.sin()], -1))

    def rotate(self, x, norm):
        x = F.rms_norm(x, (D,), norm, 1e-6).transpose(1, 2)
        a, b = x.chunk(2, -1)
        return x * self.cos + torch.cat([b, a], -1) * self.sin

    def forward(self, x):
        rows, time_steps, width = x.shape
        h = F.rms_norm(x, (width,), self.n1, 1e-6)
        split = lambda y: y.view(rows, time_steps, H, D)
        q, k = self.rotate(split(self.q(h)), self.qn), self.rotate(split(self.k(h)), self.kn)
        y = F.scaled_dot_product_attention(q, k, split(self.v(h)).transpose(1, 2), is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(rows, time_steps, width))
        h = F.rms_norm(x, (width,), self.n2, 1e-6)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(o["vocabularySize"], o["width"])
        self.blocks = nn.ModuleList(Block(o["width"], o["feedForwardWidth"], o["columns"]) for _ in range(o["depth"]))
        self.norm = nn.Parameter(torch.ones(o["width"]))
        self.head = nn.Linear(o["width"], o["vocabularySize"], bias=False)

    def forward(self, ids, targets):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        logits = self.head(F.rms_norm(x, x.shape[-1:], self.norm, 1e-6))
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def measure(compiled):
    torch.manual_seed(0)
    model = Model().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    run = torch.compile(model) if compiled else model
    ids = torch.randint(0, o["vocabularySize"], (o["rows"], o["columns"]), device=device)
    seconds = []
    for step in range(o["steps"] + 2):
        begun = time.perf_counter()
        loss = run(ids, ids)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        if step >= 2:
            seconds.append(time.perf_counter() - begun)
    return o["rows"] * o["columns"] / min(seconds)


result = {"version": torch.__version__, "eager": measure(False)}
if o.get("compile"):
    try:
        result["compile"] = measure(True)
    except Exception as error:
        result["compileError"] = str(error).splitlines()[0]
print(json.dumps(result))
