"""What EleutherAI's lm-evaluation-harness says of the same rows: log-probabilities, choices, answers.

    python -m pip install lm-eval accelerate      # beside torch and transformers
    python tooling/oracles/model/lm_eval_scores.py              writes the fixture tiny-evaluation.json, from rows of our own
    python tooling/oracles/model/lm_eval_scores.py DIRECTORY    compares with what compare-evaluation.ts left there

The task definitions are the harness's own files; only the place of the data, the number and order of examples, and the length
of answers are set here. It puts a blank before BLiMP's sentences, which the paper does not: that is set to nothing.
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"

import lm_eval
import tokenizers
import torch
import transformers
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks._yaml_loader import load_yaml

from tiny_models import fill, write

torch.set_num_threads(1)
DEFINITIONS = pathlib.Path(lm_eval.__file__).parent / "tasks"
FILES = {
    "blimp": "blimp/_template_yaml", "mmlu": "mmlu/default/_default_template_yaml", "arc": "arc/arc_easy.yaml",
    "hellaSwag": "hellaswag/hellaswag.yaml", "lambada": "lambada/lambada_openai.yaml", "gsm8k": "gsm8k/gsm8k.yaml",
}


def make_task(kind, name, rows, examples, shots, folder, subject, new_tokens):
    config = load_yaml(DEFINITIONS / FILES[kind])
    for key in ("tag", "dataset_name", "training_split", "validation_split", "test_split", "fewshot_split"):
        config.pop(key, None)
    files = {"asked": rows, "shown": examples or rows}
    for split, content in files.items():
        path = folder / f"{name}-{split}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in content))
        files[split] = str(path)
    config.update(task=name, dataset_path="json", dataset_kwargs={"data_files": files}, test_split="asked",
                  fewshot_split="shown", num_fewshot=shots, fewshot_config={"sampler": "first_n"})
    if kind == "blimp":
        config["target_delimiter"] = ""
    if kind == "mmlu":
        about = subject.replace("_", " ")
        config["description"] = f"The following are multiple choice questions (with answers) about {about}.\n\n"
    if kind == "gsm8k":
        config["generation_kwargs"]["max_gen_toks"] = new_tokens
    return ConfigurableTask(config=config)


def run(model, tokenizer, tasks):
    """{name: {kind, rows, examples, shots, newTokens}} → {name: one outcome per row}."""
    language_model = HFLM(pretrained=model, tokenizer=tokenizer, add_bos_token=True, batch_size=8, device="cpu")
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, task in tasks.items():
            subjects = list(dict.fromkeys(row.get("subject", "") for row in task["rows"]))
            outcomes[name] = [None] * len(task["rows"])
            for subject in subjects:
                of = lambda rows: [(i, row) for i, row in enumerate(rows) if row.get("subject", "") == subject]
                asked = of(task["rows"])
                made = make_task(task["kind"], f"{name}{subject}".replace(" ", "_"), [row for _, row in asked],
                                 [row for _, row in of(task["examples"])], task["shots"], pathlib.Path(folder), subject,
                                 task["newTokens"])
                # A task left from an earlier call must not be answered from a cache.
                result = lm_eval.simple_evaluate(language_model, tasks=[made], log_samples=True, bootstrap_iters=0)
                for sample in result["samples"][made.config.task]:
                    outcome = outcomes[name][asked[sample["doc_id"]][0]] or {}
                    outcomes[name][asked[sample["doc_id"]][0]] = outcome
                    collect(outcome, sample)
    return outcomes


def collect(outcome, sample):
    responses = [response[0] for response in sample["resps"]]
    if isinstance(responses[0], str):
        outcome["text"] = responses[0]
        rule = {"strict-match": "strict", "flexible-extract": "flexible"}[sample["filter"]]
        outcome.setdefault("measures", {})[rule] = float(sample["exact_match"])
        return
    outcome["logProbabilities"] = [float(response[0]) for response in responses]
    names = {"acc": "accuracy", "acc_norm": "accuracyPerCharacter"}
    outcome["measures"] = {names[key]: float(sample[key]) for key in names if key in sample}


def byte_tokenizer():
    """One id per byte, then BOS: the ByteTokenizer of @llm/core."""
    alphabet = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [byte for byte in range(256) if byte not in alphabet]
    symbols = {byte: chr(byte) for byte in alphabet} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab={symbols[byte]: byte for byte in range(256)}, merges=[]))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    made.add_special_tokens(["<|bos|>"])
    return with_bos(made)


def with_bos(made):
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<|bos|> $A", special_tokens=[("<|bos|>", made.token_to_id("<|bos|>"))])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<|bos|>", eos_token="<|bos|>", pad_token="<|bos|>")


ROWS = {
    "blimp": {"kind": "blimp", "shots": 0, "examples": [], "rows": [
        {"sentence_good": good, "sentence_bad": bad, "UID": uid} for good, bad, uid in (
            ("The farmers near the barn sing.", "The farmers near the barn sings.", "agreement"),
            ("Who did Anna thank after leaving?", "Who did Anna thank Tom after leaving?", "islands"),
            ("These cups are blue.", "These cup are blue.", "agreement"),
            ("Zoë hurt herself.", "Zoë hurt himself.", "anaphor"))]},
    "mmlu": {"kind": "mmlu", "shots": 2, "examples": [
        {"subject": "farm_animals", "question": "How many legs has a cow?", "choices": ["1", "2", "3", "4"], "answer": "D"},
        {"subject": "farm_animals", "question": "What does a hen lay?", "choices": ["eggs", "tiles", "pipes", "bets"], "answer": "A"},
        {"subject": "sums", "question": "2 + 2 =", "choices": ["3", "4", "5", "6"], "answer": "B"},
        {"subject": "sums", "question": "3 + 4 =", "choices": ["5", "6", "7", "8"], "answer": "C"},
        {"subject": "sums", "question": "9 + 9 =", "choices": ["18", "9", "0", "99"], "answer": "A"}], "rows": [
        {"subject": "sums", "question": " 1 + 5 = ", "choices": ["6", "7", "8", "9"], "answer": "A"},
        {"subject": "farm_animals", "question": "Which of these gives wool?", "choices": ["a goose", "a sheep", "a pig", "a horse"], "answer": "B"},
        {"subject": "sums", "question": "7 + 0 =", "choices": ["70", "0", "1", "7"], "answer": "D"},
        {"subject": "farm_animals", "question": "What " + "very, " * 60 + "old dogs do?", "choices": ["sleep", "fly", "read", "swim"], "answer": "A"}]},
    "arc": {"kind": "arc", "shots": 1, "examples": [
        {"question": "What melts?", "choices": {"text": ["ice", "sand"], "label": ["A", "B"]}, "answerKey": "A"}], "rows": [
        {"question": "Why is the sky dark at night?", "choices": {"text": ["The sun is below the horizon.", "It rains.", "Birds sleep.", "The moon is made of dust and stone."], "label": ["A", "B", "C", "D"]}, "answerKey": "A"},
        {"question": "What do roots take in?", "choices": {"text": ["light", "water", "noise"], "label": ["1", "2", "3"]}, "answerKey": "2"},
        {"question": "Which is a metal? ", "choices": {"text": ["wood", "café glass", "iron", "cotton wool and silk"], "label": ["A", "B", "C", "D"]}, "answerKey": "C"}]},
    "hellaSwag": {"kind": "hellaSwag", "shots": 0, "examples": [], "rows": [
        {"activity_label": "Baking bread", "ctx_a": "A woman mixes flour and water.", "ctx_b": "she Then", "label": "1", "endings": ["reads the paper to a  duck.", "kneads the dough.", "paints the door in green, twice.", "sings."]},
        {"activity_label": "Home", "ctx_a": "[header] How to fold a shirt [title] Lay it flat.", "ctx_b": "", "label": "0", "endings": ["[substeps] Smooth the sleeves [title] Turn it over.", "Throw it away.", "Wash the car [step] and dry it.", "Boil it for an hour, then eat it with salt."]}]},
    "lambada": {"kind": "lambada", "shots": 0, "examples": [], "rows": [
        {"text": "He looked for his keys on the table, under the chair, and at last he found the keys"},
        {"text": "The dog barked, and Mary went out to feed the dog"}]},
    "gsm8k": {"kind": "gsm8k", "shots": 1, "newTokens": 24, "examples": [
        {"question": "Tom has 2 hens and buys 3. How many?", "answer": "2+3=<<2+3=5>>5\n#### 5"}], "rows": [
        {"question": "A pen costs $2. What do 600 pens cost?", "answer": "600*2=<<600*2=1200>>1200\n#### 1,200"},
        {"question": "It is 5 degrees and falls by 9. How cold is it?", "answer": "5-9=<<5-9=-4>>-4\n#### -4"}]},
}

# A tiny model never writes an answer in form, so the rules are tried on texts of our own.
ANSWERS = [
    ("So it is 1200.\n#### 1200", "#### 1,200"), ("#### $1,200.", "#### 1,200"), ("#### 1,200.", "#### 1,200"),
    ("It costs $1,200.", "x\n#### 1,200"), ("#### 12\n#### 1200", "#### 1,200"), ("about 1200 or 3", "#### 1,200"),
    ("#### -4", "5-9\n#### -4"), ("minus 4", "#### -4"), ("-4", "#### -4"), ("#### 4", "#### -4"), ("", "#### 0"),
    ("#### x", "#### 7"), ("it is 7", "#### 7"), ("#### 7.50", "#### 7.5"), ("#### 7.0", "#### 7"), ("...", "#### 7"),
    ("####7", "#### 7"), ("#### 7 dollars", "#### 7"), ("7,", "#### 7"), ("Answer: 7.", "#### 7"),
]


def judged(text, answer):
    """The harness's filters and exact match on a text."""
    with tempfile.TemporaryDirectory() as folder:
        task = make_task("gsm8k", "gsm8k", [{"question": "?", "answer": answer}], [], 0, pathlib.Path(folder), "", 8)
        verdict = {}
        task.build_all_requests()
        for instance in task.instances:
            instance.resps = [text]
        task.apply_filters()
        for name, rule in (("strict-match", "strict"), ("flexible-extract", "flexible")):
            filtered = [task.instances[0].filtered_resps[name]]
            verdict[rule] = bool(task.process_results(task.instances[0].doc, filtered)["exact_match"])
        return verdict


def predicted_passage(model):
    """A passage whose last word, one letter long, is what the model writes."""
    letters = "".join(map(chr, range(33, 127)))
    for first in letters:
        texts = [f"The sign said {first}{second}{third}" for second in letters[::3] for third in letters]
        ids = torch.tensor([[256, *text.encode()] for text in texts])
        with torch.no_grad():
            for _ in range(2):
                ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], 1)
        for text, (blank, letter) in zip(texts, ids[:, -2:].tolist()):
            if blank == 32 and 33 <= letter < 127:
                return f"{text} {chr(letter)}"
    raise ValueError("no passage found")


def main():
    if len(sys.argv) > 1:
        return compare(pathlib.Path(sys.argv[1]))
    config = transformers.Qwen3Config(
        vocab_size=257, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=384, rms_norm_eps=1e-6, rope_theta=10000.0,
        tie_word_embeddings=False, attention_bias=False, bos_token_id=256, eos_token_id=256)
    model = fill(transformers.Qwen3ForCausalLM(config)).eval()
    ROWS["lambada"]["rows"].append({"text": predicted_passage(model)})
    tasks = {name: {"newTokens": 0, **task} for name, task in ROWS.items()}
    write("tiny-evaluation", {
        "versions": {"lm_eval": lm_eval.__version__, "torch": torch.__version__, "transformers": transformers.__version__},
        "config": model.config.to_dict(),
        "tasks": tasks,
        "outcomes": run(model, byte_tokenizer(), tasks),
        "answers": [{"text": text, "answer": answer, **judged(text, answer)} for text, answer in ANSWERS],
    })


def compare(directory):
    model = transformers.AutoModelForCausalLM.from_pretrained(directory / "model", dtype=torch.float32).eval()
    tokenizer = with_bos(tokenizers.Tokenizer.from_file(str(directory / "model/tokenizer.json")))
    tasks = json.loads((directory / "tasks.json").read_text())
    ours = json.loads((directory / "ours.json").read_text())
    theirs = run(model, tokenizer, tasks)
    for name, outcomes in theirs.items():
        error, other, texts = 0.0, 0, 0
        for mine, his in zip(ours[name]["outcomes"], outcomes, strict=True):
            other += any(mine["measures"][key] != value for key, value in his["measures"].items())
            texts += "text" in his and mine["text"] != his["text"]
            for a, b in zip(mine["logProbabilities"], his.get("logProbabilities", []), strict=True):
                error = max(error, abs(a - b) / max(1, abs(b)))
        accuracy = {key: sum(o["measures"][key] for o in outcomes) / len(outcomes) for key in outcomes[0]["measures"]}
        print(json.dumps({"task": name, "rows": len(outcomes), "largestError": error, "rowsJudgedOtherwise": other, "otherTexts": texts,
                          "theirs": accuracy, "ours": {key: ours[name]["report"]["measures"][key]["mean"] for key in accuracy}}))


if __name__ == "__main__":
    main()
