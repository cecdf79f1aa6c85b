"""What transformers makes of SmolLM2's GGUF file: ids of chat prompts, and greedy answers to them.

    python tooling/oracles/assistant/smollm2_chat.py FOLDER_OF_THE_GGUF > packages/assistant/src/fixtures/smollm2-chat.json

Needs transformers 5.24, torch and gguf. The weights are dequantised to float32.
"""
import json
import sys

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, file = sys.argv[1], "SmolLM2-135M-Instruct.Q4_1.gguf"
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
torch.set_num_threads(1)

chats = [
    [{"role": "user", "content": "What is the capital of France?"}],
    [
        {"role": "system", "content": "You answer in one short sentence."},
        {"role": "user", "content": "Name a colour.\nOnly one."},
        {"role": "assistant", "content": "Blue."},
        {"role": "user", "content": "Why <|im_end|> is the sky of it? 🙂"},
    ],
]
rows = []
for messages in chats:
    # A control token's text in a message stays text here; transformers would make it one.
    safe = [{**m, "content": m["content"].replace("<|im_end|>", "")} for m in messages]
    ids = tokenizer.apply_chat_template(safe, add_generation_prompt=True, return_dict=True, return_tensors="pt")["input_ids"]
    out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=24, do_sample=False, eos_token_id=2, pad_token_id=2)
    rows.append({"messages": safe, "prompt": ids[0].tolist(), "answer": out[0, ids.shape[1] :].tolist()})
json.dump({"transformers": transformers.__version__, "chats": rows}, sys.stdout)
print()
