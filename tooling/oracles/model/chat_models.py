"""Opens the model folders of a run in Hugging Face transformers and records what it makes of them.

    node --import tsx --conditions=@llm/source tooling/oracles/model/write-chat-models.ts DIRECTORY
    python tooling/oracles/model/chat_models.py DIRECTORY > apps/pipeline/src/testing/transformers-chat.json

Needs torch and transformers. Per tokenizer pattern: the class that AutoTokenizer chooses, ids of the texts, ids of
`apply_chat_template` for every list of messages, the special tokens it knows, and the ids that `generate` answers the
first of them with when it is told nothing but to be greedy: it must stop by itself.
"""
import json
import sys
from os.path import join

import torch
import transformers

directory = sys.argv[1]
told = json.load(open(join(directory, "models.json")))
found = {"transformers": transformers.__version__, "patterns": {}}
for pattern, folder in told["folders"].items():
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    prompts = [tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
               for messages in told["messages"]]
    tokens = torch.tensor([prompts[0]])
    with torch.no_grad():
        answer = model.generate(tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=60, do_sample=False)
    found["patterns"][pattern] = {
        "class": type(tokenizer).__name__,
        "texts": [tokenizer(text, add_special_tokens=False).input_ids for text in told["texts"]],
        "prompts": prompts,
        "special": [tokenizer.bos_token, tokenizer.eos_token, tokenizer.bos_token_id, tokenizer.eos_token_id],
        "generation": [model.generation_config.bos_token_id, model.generation_config.eos_token_id],
        "answer": answer[0, len(prompts[0]):].tolist(),
    }
print(json.dumps(found))
