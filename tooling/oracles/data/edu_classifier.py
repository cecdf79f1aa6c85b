"""
A tiny BERT with a regression head of random weights, as FineWeb-Edu's classifier is built
(`HuggingFaceFW/fineweb-edu-classifier`: BertForSequenceClassification with one label), exported to ONNX, with
the tokenizer.json that belongs to it; and the scores that transformers gives texts, for
packages/data/src/node/quality/onnx-scorer.test.ts and word-piece.test.ts.

    pip install torch transformers tokenizers onnx onnxscript
    python edu_classifier.py DIRECTORY
"""
import base64, gzip, json, os, sys

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

TEXTS = [
    "The water cycle describes how water evaporates, condenses and falls as rain.",
    "BUY NOW!!! Cheap shoes, 50 % off — click here: http://shop.example/?q=1&x=2",
    "L'été à Besançon, où naquit l'œuvre; Ærøskøbing, naïve café, ÅNGSTRÖM, İstanbul, ΣΊΣΥΦΟΣ.",
    "水は蒸発し、凝結して雨になる。中文分词 mixed with English。",
    "Вода испаряется и выпадает дождём. मानसून की वर्षा। ฝนตก مطر",
    "tabs\tand\nnew lines\r\nand\u00a0no-break\u2003spaces\u200b, a soft\u00adhyphen, NUL\u0000 and \ufffd",
    "[CLS] is special, and so are [MASK] and [SEP]; [UNK] too, but [cls] is not.",
    "symbols: $5 + 3 = 8 < 9 ^ ` ~ | € £ ™ ° → “quotes” «guillemets» 's don't",
    "😀 emoji 👩‍👩‍👧 and combining: e\u0301 n\u0303 한국어 각",
    "a" * 100 + " " + "b" * 101 + " " + "antidisestablishmentarianism",
    "word " * 900,
    "", " ", ".", "unbelievably reconditioned photosynthesis",
]


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, limit_alphabet=150)
    tokenizer.train_from_iterator([text for text in TEXTS if len(text) < 200] * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    path = os.path.join(directory, "tokenizer.json")
    tokenizer.save(path)
    fast = BertTokenizerFast(tokenizer_file=path, model_max_length=512)
    ids = [fast(text, truncation=True)["input_ids"] for text in TEXTS]

    torch.manual_seed(7)
    config = BertConfig(vocab_size=tokenizer.get_vocab_size(), hidden_size=8, num_hidden_layers=1,
                        num_attention_heads=2, intermediate_size=8, max_position_embeddings=512,
                        num_labels=1, initializer_range=0.7, classifier_dropout=0.0,
                        hidden_dropout_prob=0.0, attn_implementation="eager")
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        scores = [model(**fast(text, return_tensors="pt", truncation=True)).logits.item() for text in TEXTS]
    sample = fast("one two three", return_tensors="pt")
    names = ["input_ids", "attention_mask", "token_type_ids"]

    class Head(torch.nn.Module):
        def forward(self, input_ids, attention_mask, token_type_ids):
            return model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits

    dynamic = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", max=512)}
    program = torch.onnx.export(Head(), tuple(sample[name] for name in names), input_names=names,
                                output_names=["logits"], dynamo=True, optimize=True, external_data=False,
                                dynamic_shapes=[dynamic] * 3)
    onnx = os.path.join(directory, "model.onnx")
    for node in program.model.graph:
        # Where in the Python code each node came from.
        node.metadata_props.clear()
        for value in node.outputs:
            value.metadata_props.clear()
    program.save(onnx)
    packed = base64.b64encode(gzip.compress(open(onnx, "rb").read(), 9, mtime=0)).decode()
    with open(os.path.join(directory, "cases.json"), "w") as file:
        json.dump({"texts": TEXTS, "ids": ids, "scores": [round(score, 6) for score in scores],
                   "tokenizer": json.load(open(path)), "model": packed}, file, ensure_ascii=True, separators=(",", ":"))
    print(os.path.getsize(onnx), len(packed), scores)


main()
