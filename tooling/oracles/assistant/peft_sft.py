"""The training that peft-sft.ts wrote, in PyTorch + PEFT: same model, same adapter to begin with, same batches. Prints
losses, seconds of the best step and peak memory as JSON.

    python peft_sft.py DIRECTORY > peft.json
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from peft import PeftModel
from transformers import AutoModelForCausalLM

directory = sys.argv[1]
task = json.load(open(f"{directory}/task.json"))
rows, columns = task["rows"], task["columns"]
torch.set_num_threads(task["threads"])
base = AutoModelForCausalLM.from_pretrained(f"{directory}/base", dtype=torch.float32)
model = base if task["mode"] == "full" else PeftModel.from_pretrained(base, f"{directory}/adapter", is_trainable=True)
model.train()
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-4, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0)
causal = torch.tril(torch.ones(columns, columns, dtype=torch.bool))


def held_out():
    total, count = 0.0, 0
    with torch.no_grad():
        for row in task["heldOut"]:
            ids = torch.tensor([row["ids"]])
            logits = model(input_ids=ids[:, :-1]).logits[0]
            losses = F.cross_entropy(logits, ids[0, 1:], reduction="none")
            mask = torch.tensor(row["mask"][1:], dtype=torch.float32)
            total += float((losses * mask).sum())
            count += int(mask.sum())
    return total / count


def step(batch):
    shape = lambda name, dtype: torch.tensor(batch[name], dtype=dtype).view(rows, columns)
    segments = shape("segments", torch.long)
    same = segments[:, :, None] == segments[:, None, :]
    # What is not seen gets the least number, not minus infinity: a row of nothing would be NaN.
    seen = torch.where(same & causal, 0.0, torch.finfo(torch.float32).min)[:, None]
    logits = model(input_ids=shape("inputs", torch.long), attention_mask=seen).logits
    losses = F.cross_entropy(logits.view(rows * columns, -1), shape("targets", torch.long).view(-1), reduction="none")
    loss = (losses * shape("weights", torch.float32).view(-1)).sum() / batch["normalizer"]
    for group in optimizer.param_groups:
        group["lr"] = batch["learningRate"]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    return float(loss)


before, losses, seconds, cpu_seconds = held_out(), [], [], []
for batch in task["steps"]:
    begun, cpu_begun = time.perf_counter(), time.process_time()
    losses.append(step(batch))
    seconds.append(time.perf_counter() - begun)
    cpu_seconds.append(time.process_time() - cpu_begun)
    print(f"step {len(losses)}: {losses[-1]}", file=sys.stderr, flush=True)
after = held_out()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"before": before, "after": after, "losses": losses, "secondsPerStep": min(seconds),
                  "cpuSecondsPerStep": min(cpu_seconds), "peakMegabytes": peak}))
