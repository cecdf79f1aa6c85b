"""One Python tokenizer: python tokenizer_peers.py '{"library", "task", "corpus", …}'. Times are processor seconds of one thread
(training: also wall seconds and the greatest resident size)."""
import base64
import json
import os
import resource
import sys
import time

options = json.loads(sys.argv[1])
threads = str(options.get("threads", 1))
os.environ["RAYON_NUM_THREADS"] = threads
os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads != "1" else "false"
CL100K = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
with open(options["corpus"], encoding="utf-8") as file:
    data = [json.loads(line) for line in file] if options["task"] == "train" else json.load(file)
report = {}


def peak_megabytes(usage):
    """Of this process alone: `ru_maxrss` begins with what the process that started it held."""
    if os.path.exists("/proc/self/status"):
        return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return usage.ru_maxrss / 1024


def tiktoken_encoding():
    import tiktoken

    report["version"] = tiktoken.__version__
    lines = open(options["ranks"], "rb").read().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    encoding = tiktoken.Encoding("cl100k", pat_str=CL100K, mergeable_ranks=ranks, special_tokens={})
    return encoding.encode_ordinary, encoding.decode


def hugging_face():
    import tokenizers

    report["version"] = tokenizers.__version__
    tokenizer = tokenizers.Tokenizer.from_file(options["tokenizerJson"])
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids, tokenizer.decode


if options["task"] == "train":
    before = time.time()
    if options["library"] == "rustbpe":
        import rustbpe

        tokenizer = rustbpe.Tokenizer()
        tokenizer.train_from_iterator(iter(data), options["vocabularySize"], pattern=SPLIT)
        report["version"] = "0.1.0"
        report["vocabularySize"] = tokenizer.vocab_size
    else:
        import tokenizers
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

        report["version"] = tokenizers.__version__
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )
        trainer = trainers.BpeTrainer(
            vocab_size=options["vocabularySize"], show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        )
        tokenizer.train_from_iterator(data, trainer)
        report["vocabularySize"] = tokenizer.get_vocab_size()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    report["wall"] = time.time() - before
    report["processor"] = usage.ru_utime + usage.ru_stime
    report["megabytes"] = peak_megabytes(usage)
else:
    encode, decode = tiktoken_encoding() if options["library"] == "tiktoken" else hugging_face()
    if options["task"] == "worst":
        for name, text in data.items():
            start = time.time()
            encode(text)
            report[name] = time.time() - start
    else:
        size = sum(len(text.encode()) for text in data)
        for text in data[::64]:
            decode(encode(text))
        start = time.process_time()
        encoded = [encode(text) for text in data]
        report["encodeRate"] = size / 1e6 / (time.process_time() - start)
        report["tokens"] = sum(len(ids) for ids in encoded)
        start = time.process_time()
        for ids in encoded:
            decode(ids)
        report["decodeRate"] = size / 1e6 / (time.process_time() - start)
print(json.dumps(report))
