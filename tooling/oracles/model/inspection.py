"""What transformers computes on the way through the tiny models of tiny_models.py, for `inspect` of @llm/model.

    .peers/bin/python tooling/oracles/model/inspection.py

Attention whole; the stream and the feed-forward's activations at the last token; the logits with one head of the
second layer silenced; and those of the first layer's state through the final norm and head.
"""
import json

import torch
import transformers
from tiny_models import OUT, batch, numbers, tiny_gpt2, tiny_qwen3

SILENCED = (1, 2)


def parts_of(model):
    if isinstance(model, transformers.GPT2LMHeadModel):
        layers = model.transformer.h
        return layers, model.transformer.ln_f, lambda l: l.mlp.c_proj, lambda l: l.attn.c_proj
    return model.model.layers, model.model.norm, lambda l: l.mlp.down_proj, lambda l: l.self_attn.o_proj


def short(tensor):
    return [float(f"{value:.6g}") for value in numbers(tensor)]


def inspected(model):
    ids = batch(61, 2, 8)[0][:1]
    layers, norm, down, output = parts_of(model)
    activations, entered = [], []
    hooks = [down(layer).register_forward_pre_hook(lambda _, given: activations.append(given[0])) for layer in layers]
    # `hidden_states` has the last one after the final norm; the stream is what goes into it.
    hooks.append(norm.register_forward_pre_hook(lambda _, given: entered.append(given[0])))
    with torch.no_grad():
        seen = model(ids, output_hidden_states=True, output_attentions=True)
        for hook in hooks:
            hook.remove()
        layer, head = SILENCED
        width = output(layers[layer]).weight.shape[0 if isinstance(model, transformers.GPT2LMHeadModel) else 1] // 4

        def silence(_, given):
            mixed = given[0].clone()
            mixed[..., head * width:(head + 1) * width] = 0
            return (mixed, *given[1:])

        hook = output(layers[layer]).register_forward_pre_hook(silence)
        silenced = model(ids).logits[0, -1]
        hook.remove()
        early = model.lm_head(norm(seen.hidden_states[1][0, -1]))
    stream = [*seen.hidden_states[:-1], entered[0]]
    return {
        "config": model.config.to_dict(),
        "inputs": ids[0].tolist(),
        "attention": [short(weights[0]) for weights in seen.attentions],
        "stream": [short(state[0, -1]) for state in stream],
        "activations": [short(each[0, -1]) for each in activations],
        "logits": short(seen.logits[0, -1]),
        "silencedLogits": short(silenced),
        "earlyLogits": short(early),
    }


path = OUT / "inspection.json"
fixture = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}}
for make in (tiny_qwen3, tiny_gpt2):
    fixture[make.__name__] = inspected(make().eval())
path.write_text(json.dumps(fixture, default=str) + "\n")
print(path.name, path.stat().st_size)
