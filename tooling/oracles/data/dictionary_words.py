"""Words that datatrove's libraries cut with dictionaries and models of our own, for packages/data/src/words/.

    pip install pythainlp==5.4.0 laonlp==1.3.0 pyvi==0.1.1 spacy==3.8.18 pyidaungsu-numpy2==0.1.4 python-crfsuite sklearn-crfsuite
    python dictionary_words.py > packages/data/src/words/fixtures/dictionary-words.json
"""
import base64
import json
import os
import re
import tempfile

import pycrfsuite
import spacy
from laonlp.tokenize.multi_cut import segment as lao_segment
from pyidaungsu.tokenize import Tokenize
from pythainlp.tokenize import word_tokenize
from pythainlp.util import Trie
from pyvi.ViTokenizer import ViTokenizer

THAI = "สวน เล็ก เล็กๆ อยู่ อีก ฝั่ง ของ สะพาน แม่น้ำ น้ำ แม่ ไหล ผ่าน เมือง เก่า ตาก ลม ตากลม กลม ก.ค. มา มาก กว่า บ้าน คน คนเดียว เดียว นา นาน การ การเดิน เดิน เดินทาง ทาง".split()
THAI_TEXTS = [
    "สวนเล็กๆ อยู่อีกฝั่งของสะพาน", "ตากลมมากกว่าแม่น้ำไหลผ่านเมืองเก่า", "การเดินทางคนเดียวนานมาก 1,234.5 บาท เวลา 12:30น. ๒๕๖๐.๑๒", "ไม่รู้จักคำนี้ word123 abc-def (สวน) é 中文 😀สวน",
    "บ้านของแม่อยู่ใกล้แม่น้ำ\r\nและเมือง\tเก่า\rมาก", "อึหึก็เฮ้ยเกิดเสียงเปรี้ยงเพียงเรือเมื่อเจ้าเก็บเตะโต๊ะแกะกรรม์", "นานานานานานานานานานานานานานา", "", "  ", "a", "\n",
    "ตากลม" * 30, "สวนเล็กๆ อยู่อีกฝั่งของสะพาน แม่น้ำไหลผ่านเมืองเก่า " * 6, "แม่น้ำไหลผ่านเมืองเก่าการเดินทางคนเดียวนานมาก😀" * 5, "กขฃคฅฆงจฉชซ" * 15, "1.2.3.4 127.0.0.1,5 1.a 1,2มา 3:4:5", "x" * 300, "มา\u200bมาก\u0301 สวน์ เ เเ ็",
]
LAO = "ພາສາ ພາສາລາວ ລາວ ໃນ ປັດຈຸບັນ ປັດ ຈຸ ບັນ ແມ່ນ້ຳ ແມ່ ນ້ຳ ໄຫຼ ຜ່ານ ເມືອງ ເກົ່າ ຂົວ ຂອງ ຄົນ ຄົນດຽວ ດຽວ ນາ ນານ ກກ ກ".split()
LAO_TEXTS = [
    "ພາສາລາວໃນປັດຈຸບັນ.", "ແມ່ນ້ຳໄຫຼຜ່ານເມືອງເກົ່າ ຂອງຄົນດຽວ", "ນານານານາ abc-d 1,234.5 ໆໆ (ຂົວ)\r\n\rຂົວ\t", "", " ", "ກ" * 9, "ພາສາລາວໃນປັດຈຸບັນ" * 20, "ແມ່ນ້ຳໄຫຼຜ່ານເມືອງເກົ່າ ຂອງຄົນດຽວ " * 8, "ນາ" * 120, "xyz" * 80, "😀ລາວ中文ໃນ", "ໆ" * 300,
]
VIETNAMESE = [
    "Cầu_cũ bắc qua con sông gần thành_phố .", "Khu_vườn nhỏ nằm ở bên kia sông .", "Học_sinh đi học vào buổi sáng .", "Người_dân thành_phố thích khu_vườn cũ .", "Việt_Nam có nhiều thành_phố lớn .", "Buổi_sáng , học_sinh qua cầu .",
]
VIETNAMESE_TEXTS = [
    "Thành phố cũ có một khu vườn nhỏ.", "Học sinh   Việt Nam\nqua cầu, buổi sáng 12.5 km (khu vườn)...", "Viết thư cho anna@example.org hoặc https://example.org/a?b=c nhé!", "TP.HCM Tp. Mr. Nam ThS. Lan ==> a -> b >> c ...", "thành Phố THÀNH PHỐ Khu vườn khu 5 vườn",
    "", " \n ", "a", "học_sinh 1_000 ² ③ Ⅳ _ __ ǅ", "a.b.c@d.e.f@g x@y x@y.z a@@b.c", "Nguyễn\u00a0Văn\u2003An — «khu vườn»", "e\u0301 👍🏽 khu vườn",
]
BURMESE = ["ဥယျာဉ် ငယ် သည် တံတား ၏ တစ်ဖက် တွင် ရှိ သည် ။", "မြစ် သည် မြို့ ကို ဖြတ် ၍ စီး သည် ။", "ကျောင်းသား များ သည် နံနက် တိုင်း တံတား ကို ဖြတ် သည် ။"]
BURMESE_TEXTS = ["ဥယျာဉ်ငယ်သည် မြစ်ကိုဖြတ်သည်။", "ကျောင်းသားများသည်\nမြို့တွင်ရှိသည်။ abc 12", "", " ", "က", "😀မြစ်"]


def trained(sequences, name):
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.01, "max_iterations": 40, "feature.possible_transitions": True})
    for items, labels in sequences:
        trainer.append(pycrfsuite.ItemSequence(items), labels)
    path = os.path.join(tempfile.mkdtemp(), name)
    trainer.train(path)
    return path


class Tagger:
    def __init__(self, path):
        self.tagger = pycrfsuite.Tagger()
        self.tagger.open(path)

    def predict(self, sequences):
        return [self.tagger.tag(pycrfsuite.ItemSequence(items)) for items in sequences]


def vietnamese():
    words = sorted({word.replace("_", " ").lower() for text in VIETNAMESE for word in text.split() if "_" in word})
    ViTokenizer.bi_grams, ViTokenizer.tri_grams = set(words), set()
    sequences = []
    for text in VIETNAMESE:
        syllables, labels = [], []
        for word in text.split():
            for at, syllable in enumerate(word.split("_")):
                syllables.append(syllable)
                labels.append("I_W" if at else "B_W")
        sequences.append((ViTokenizer.sent2features(syllables, False), labels))
    path = trained(sequences, "vi")
    ViTokenizer.model = Tagger(path)
    cut = spacy.blank("vi")
    rows = [[text, [token.text.strip() for token in cut(text) if token.text.strip()]] for text in VIETNAMESE_TEXTS]
    return {"model": base64.b64encode(open(path, "rb").read()).decode(), "words": words, "rows": rows}


def burmese():
    tokenize = Tokenize()
    sequences = []
    for text in BURMESE:
        plain = text.replace(" ", "")
        starts = {len("".join(text.split()[:at])) for at in range(len(text.split()))}
        sequences.append((tokenize.create_sentence_features(plain), ["1" if at in starts else "0" for at in range(len(plain))]))
    path = trained(sequences, "my")
    tagger = pycrfsuite.Tagger()
    tagger.open(path)
    rows = [[text, tokenize.segment_sentence(tagger, text).strip().split()] for text in BURMESE_TEXTS]
    return {"model": base64.b64encode(open(path, "rb").read()).decode(), "rows": rows}


def thai():
    trie = Trie(THAI)
    rows = []
    for text in THAI_TEXTS:
        words = word_tokenize(text, keep_whitespace=False, engine="newmm-safe", custom_dict=trie)
        rows.append([text, [word.strip() for word in words if word.strip()]])
    return {"words": THAI, "rows": rows}


def lao():
    trie = Trie(LAO)
    rows = [[text, [word.strip() for word in lao_segment(text, trie, safe_mode=True) if word.strip()]] for text in LAO_TEXTS]
    return {"words": LAO, "rows": rows}


print(json.dumps({"thai": thai(), "lao": lao(), "vietnamese": vietnamese(), "burmese": burmese()}, ensure_ascii=False, separators=(",", ":")))
