"""lm-evaluation-harness asks a model over HTTP (`local-completions`) and in its own `hf` backend: are the answers the same?

    python -m pip install 'lm_eval[api]' accelerate      # beside torch and transformers
    node --conditions=@llm/source --import tsx tooling/oracles/model/compare-evaluation.ts BLIMP MMLU GSM8K DIRECTORY
    node --conditions=@llm/source --import tsx tooling/oracles/assistant/serve-model.ts DIRECTORY/model 8123
    python tooling/oracles/assistant/lm_eval_over_http.py DIRECTORY http://127.0.0.1:8123

DIRECTORY holds the model as a Hugging Face folder (`model`) and the questions (`tasks.json`). Passages whose last word the model
itself would write are asked beside them (LAMBADA), because they alone show that a greedy match is told as one. Prompts go as
lists of ids and, where the harness has no tokenizer of its own for them (`tokenized_requests=False`), as texts.
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "model"))
from lm_eval_scores import make_task  # sets the harness offline

import lm_eval
import torch
import transformers
from lm_eval.models.huggingface import HFLM
from lm_eval.models.openai_completions import LocalCompletionsAPI


def predicted_passages(model, tokenizer, rows, count=24, tokens=6):
    """Beginnings of the questions, as far as the model goes on with words that are split off as it wrote them."""
    passages = []
    for row in rows:
        text = row.get("sentence_good") or row["question"]
        for cut in range(3, 12):
            ids = tokenizer(" ".join(text.split()[:cut]), add_special_tokens=False, return_tensors="pt").input_ids
            with torch.no_grad():
                out = model.generate(ids, max_new_tokens=tokens, do_sample=False, pad_token_id=0)[0]
            for length in range(1, tokens + 1):
                whole = tokenizer.decode(out[: ids.shape[1] + length])
                context, _, word = whole.rpartition(" ")
                same = tokenizer(whole, add_special_tokens=False).input_ids == out[: ids.shape[1] + length].tolist()
                if same and word and context and len(tokenizer(context, add_special_tokens=False).input_ids) >= ids.shape[1]:
                    passages.append({"text": whole})
                    break
            else:
                continue
            break
        if len(passages) == count:
            break
    return passages


def outcomes(language_model, tasks):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, task in tasks.items():
            made = make_task(task["kind"], f"{name}_{len(results)}", task["rows"], task["examples"], task["shots"],
                             pathlib.Path(folder), "things", task["newTokens"])
            samples = lm_eval.simple_evaluate(language_model, tasks=[made], log_samples=True, bootstrap_iters=0)["samples"]
            found = {}
            for sample in samples[made.config.task]:
                responses = [response[0] for response in sample["resps"]]
                measures = {key: float(sample[key]) for key in ("acc", "acc_norm", "exact_match") if key in sample}
                found[(sample["doc_id"], sample["filter"])] = (responses, measures)
            results[name] = found
    return results


def main():
    directory, url = pathlib.Path(sys.argv[1]), sys.argv[2]
    path = str(directory / "model")
    tasks = json.loads((directory / "tasks.json").read_text())
    model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    rows = predicted_passages(model, tokenizer, tasks["blimp"]["rows"])
    rows += [{"text": row["sentence_good"]} for row in tasks["blimp"]["rows"][:24]]
    tasks["lambada"] = {"kind": "lambada", "rows": rows, "examples": [], "shots": 0, "newTokens": 0}

    length = model.config.max_position_embeddings
    theirs = outcomes(HFLM(pretrained=model, tokenizer=tokenizer, batch_size=8, add_bos_token=False, max_length=length - 1), tasks)
    # The harness takes one off for the token that is written.
    common = {"base_url": f"{url}/v1/completions", "model": sys.argv[3] if len(sys.argv) > 3 else "model", "tokenizer": path,
              "tokenizer_backend": "huggingface", "add_bos_token": False, "max_length": length, "timeout": 600}
    for kind, options in {"ids": {"batch_size": 4}, "texts": {"tokenized_requests": False, "num_concurrent": 4}}.items():
        ours = outcomes(LocalCompletionsAPI(**common, **options), tasks)
        for name, found in theirs.items():
            error, other, total = 0.0, 0, {}
            for key, (responses, measures) in found.items():
                mine, judged = ours[name][key]
                other += judged != measures or any(isinstance(a, str) and a != b for a, b in zip(responses, mine))
                other += any(not isinstance(a, str) and a[1] != b[1] for a, b in zip(responses, mine))
                for a, b in zip(responses, mine, strict=True):
                    if not isinstance(a, str):
                        error = max(error, abs(a[0] - b[0]) / max(1, abs(a[0])))
                for measure, value in measures.items():
                    pair = total.setdefault(measure, [0, 0])
                    pair[0] += value / len(found)
                    pair[1] += judged[measure] / len(found)
            print(json.dumps({"prompts": kind, "task": name, "rows": len(found), "largestError": error, "rowsJudgedOtherwise": other,
                              "theirsAndOurs": total}), flush=True)


if __name__ == "__main__":
    main()
