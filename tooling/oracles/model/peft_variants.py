"""Fixture of @llm/model from PEFT: rsLoRA and DoRA on the tiny Llama, logits and gradients of every adapter.

    .peers/bin/python tooling/oracles/model/peft_variants.py

Weights come from their names, as in tiny_models.py; magnitudes are |weights| + 0.5.
"""
import json

import peft
import torch
import torch.nn.functional as F
import transformers

from tiny_models import OUT, batch, fill, numbers, weights

tiny = json.loads((OUT / "tiny-llama.json").read_text())
rows, columns = 2, 8
inputs, targets = batch(tiny["config"]["vocab_size"], rows, columns)


def plain(name):
    return name.replace("base_model.model.", "").replace(".default", "").replace("vector.weight", "vector")


def variant(**options):
    base = fill(transformers.LlamaForCausalLM(transformers.LlamaConfig(**tiny["config"])))
    targets_of = ["q_proj", "v_proj", "down_proj"]
    config = peft.LoraConfig(r=3, lora_alpha=5, target_modules=targets_of, task_type="CAUSAL_LM", **options)
    model = peft.get_peft_model(base, config).train()
    trained = {plain(name): each for name, each in model.named_parameters() if "lora_" in name}
    with torch.no_grad():
        for name, each in trained.items():
            value = weights(name, tuple(each.shape), 0.3)
            each.copy_(value.abs() + 0.5 if "magnitude" in name else value)
    logits = model(inputs).logits
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
    loss.backward()
    gradients = {n: dict(norm=float(e.grad.norm()), first=numbers(e.grad.flatten()[:6])) for n, e in trained.items()}
    return dict(loss=float(loss), logits=numbers(logits.flatten()[:64]), gradients=gradients)


result = dict(
    peft=peft.__version__,
    rows=rows,
    columns=columns,
    inputs=inputs.flatten().tolist(),
    targets=targets.flatten().tolist(),
    rankStabilized=variant(use_rslora=True),
    weightDecomposed=variant(use_dora=True),
)
(OUT / "peft-variants.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
