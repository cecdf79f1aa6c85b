"""Peer of the decode bench: Hugging Face generate on a model directory. Prints tokens per second and
milliseconds of processor time per token, by rows, as JSON.

    python generate.py '{"directory":"…","rows":[1,64],"prompt":16,"newTokens":64,"threads":2}'
"""
import json
import sys
import time

import torch
import transformers

o = json.loads(sys.argv[1])
torch.set_num_threads(o["threads"])
model = transformers.AutoModelForCausalLM.from_pretrained(o["directory"], dtype=torch.float32).to(o.get("device", "cpu"))
best = {}
for rows in o["rows"]:
    ids = (torch.arange(rows * o["prompt"]).reshape(rows, -1) % model.config.vocab_size).to(model.device)
    for _ in range(3):
        begun, processor = time.perf_counter(), time.process_time()
        with torch.no_grad():
            model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=o["newTokens"],
                           min_new_tokens=o["newTokens"], do_sample=True, top_k=0, pad_token_id=0)
        tokens = rows * o["newTokens"]
        rate = tokens / (time.perf_counter() - begun)
        processor_time = 1000 * (time.process_time() - processor) / tokens
        known = best.get(rows, {"rate": rate, "processorTime": processor_time})
        best[rows] = {"rate": max(known["rate"], rate), "processorTime": min(known["processorTime"], processor_time)}
print(json.dumps({"version": transformers.__version__, "rates": best}))
