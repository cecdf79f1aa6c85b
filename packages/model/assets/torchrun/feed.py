"""The batches of @llm/model, to the bit: documents in a seeded order, packed into rows, from any position.

The same as src/feed of that package (permutation.ts, row-packer.ts, batch-feed.ts), which says why the rows
are packed as they are; the names here are the names there. Tokens are read where they lie, from token shards:
NNNNN.ids (uint16 or uint32, documents one after another) and NNNNN.ends (uint32, where each document ends).
"""

import json
import math
from pathlib import Path

import numpy as np

WORD = 0xFFFFFFFF
ROUNDS = 6
SECTION_ROWS = 32


def random_words(text, count):
    """Words of sfc32 (PractRand), seeded from a text by cyrb128."""
    h1, h2, h3, h4 = 1779033703, 3144134277, 1013904242, 2773480762
    units = text.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        k = units[at] | units[at + 1] << 8
        h1 = h2 ^ ((h1 ^ k) * 597399067 & WORD)
        h2 = h3 ^ ((h2 ^ k) * 2869860233 & WORD)
        h3 = h4 ^ ((h3 ^ k) * 951274213 & WORD)
        h4 = h1 ^ ((h4 ^ k) * 2716044179 & WORD)
    h1 = (h3 ^ h1 >> 18) * 597399067 & WORD
    h2 = (h4 ^ h2 >> 22) * 2869860233 & WORD
    h3 = (h1 ^ h3 >> 17) * 951274213 & WORD
    h4 = (h2 ^ h4 >> 19) * 2716044179 & WORD
    a, b, c, d = h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1
    words = []
    for _ in range(12 + count):
        t = (a + b + d) & WORD
        d = (d + 1) & WORD
        a = b ^ b >> 9
        b = (c + (c << 3)) & WORD
        c = ((c << 21 | c >> 11) + t) & WORD
        words.append(t)
    return words[12:]


def permutation(count, seed, epoch):
    """A seeded order of 0…count−1 as a function: a Feistel network, walked until it lands inside."""
    keys = random_words("\0".join([seed, "permutation", str(epoch)]), ROUNDS)
    half_bits = max(1, math.ceil(math.log2(max(2, count)) / 2))
    mask = 2**half_bits - 1

    def once(index):
        left, right = index >> half_bits, index & mask
        for key in keys:
            h = right ^ key
            h = (h ^ h >> 16) * 0x85EBCA6B & WORD
            h = (h ^ h >> 13) * 0xC2B2AE35 & WORD
            left, right = right, left ^ ((h ^ h >> 16) & mask)
        return left << half_bits | right

    def order(index):
        result = once(index)
        while result >= count:
            result = once(result)
        return result

    return order


class TokenShards:
    """Documents of tokens by number."""

    def __init__(self, directory):
        directory = Path(directory)
        manifest = json.loads((directory / "tokens.json").read_text())
        dtype = "<u2" if manifest["idBytes"] == 2 else "<u4"
        self.ids, starts, lengths, self.first = [], [], [], [0]
        for shard in manifest["shards"]:
            ends = np.fromfile(directory / f"{shard['name']}.ends", "<u4").astype(np.int64)
            self.ids.append(np.memmap(directory / f"{shard['name']}.ids", dtype, "r"))
            starts.append(np.concatenate([[0], ends[:-1]]))
            lengths.append(ends - starts[-1])
            self.first.append(self.first[-1] + len(ends))
        self.starts, self.lengths = np.concatenate(starts), np.concatenate(lengths)

    def read(self, document, start, count):
        """Tokens start … start + count − 1 of a document."""
        shard = int(np.searchsorted(self.first, document, "right")) - 1
        at = int(self.starts[document]) + start
        return self.ids[shard][at : at + count]


class Feed:
    """`options` and `position` are those of state.json; after `next` the position is that of the next batch."""

    def __init__(self, shards, options, position):
        self.shards, self.options = shards, options
        self.rows, self.columns, self.bos = options["rows"], options["columns"], options["bosToken"]
        self.discards = options["remainder"] == "discard"
        self.section_tokens = self.columns * (1 if self.discards else SECTION_ROWS)
        sections = -(-shards.lengths // self.section_tokens)
        if self.discards:
            sections = np.minimum(1, sections)
        self.sections_before = np.concatenate([[0], np.cumsum(sections)])
        self.total = int(self.sections_before[-1])
        self.name, self.batches = position["feed"], position["batches"]
        self.epoch, self.taken = position["epoch"], position["next"]
        self.discarded = position["discardedTokens"]
        flat = position["waiting"]
        # What waits: (document, first token, tokens).
        self.waiting = [self.piece(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
        self.order = permutation(self.total, options["seedText"], self.epoch)

    @property
    def position(self):
        return {
            "kind": "llm-feed-position",
            "version": 1,
            "feed": self.name,
            "batches": self.batches,
            "epoch": self.epoch,
            "next": self.taken,
            "waiting": [number for document, start, _ in self.waiting for number in (document, start)],
            "discardedTokens": self.discarded,
        }

    def piece(self, document, start):
        """From some token to the end of its document or section."""
        section = start // self.section_tokens
        end = min(int(self.shards.lengths[document]), (section + 1) * self.section_tokens)
        return document, start, end - start

    def take_up(self):
        while len(self.waiting) < self.options["lookahead"] and self.taken < self.total:
            section = self.order(self.taken)
            self.taken += 1
            document = int(np.searchsorted(self.sections_before, section, "right")) - 1
            start = (section - int(self.sections_before[document])) * self.section_tokens
            piece = self.piece(document, start)
            if self.discards:
                self.discarded += int(self.shards.lengths[document]) - piece[2]
            self.waiting.append(piece)

    def lead(self, start):
        return 0 if self.bos is None and start == 0 else 1

    def fitting(self, room):
        """The longest beginning that takes at most `room` places, else the shortest; else so among the rests."""
        best, best_rank = 0, -math.inf
        for index, (_, start, count) in enumerate(self.waiting):
            rank = count if count + self.lead(start) <= room else -count
            if start == 0:
                rank += 2**40
            if rank > best_rank:
                best, best_rank = index, rank
        return best

    def next_row(self):
        """Placements (document, first token, tokens, place in the row, leading tokens), and places in use."""
        self.take_up()
        if not self.waiting:
            self.epoch, self.taken = self.epoch + 1, 0
            self.order = permutation(self.total, self.options["seedText"], self.epoch)
            self.take_up()
        length, placements, used, index = self.columns + 1, [], 0, 0
        while True:
            document, start, whole = self.waiting.pop(index)
            lead = self.lead(start)
            count = min(whole, length - used - lead)
            placements.append((document, start, count, used, lead))
            used += lead + count
            if count < whole:
                if count > 0 and self.discards:
                    self.discarded += whole - count
                else:
                    self.waiting.append((document, start + count, whole - count))
            if used >= length:
                break
            self.take_up()
            if not self.waiting:
                break
            index = self.fitting(length - used)
        return placements, used

    def next(self, rows):
        """The next batch, of which only the rows numbered `rows` are read, and the normalizer of the whole.

        inputs, targets and segments int64, weights float32, all [len(rows), columns].
        """
        packed = [self.next_row() for _ in range(self.rows)]
        normalizer = sum(used - 1 - len(self.silent(placements)) for placements, used in packed)
        tokens = np.full((len(rows), self.columns + 1), self.bos or 0, np.int64)
        segments = np.zeros((len(rows), self.columns + 1), np.int64)
        weights = np.zeros((len(rows), self.columns), np.float32)
        for at, row in enumerate(rows):
            placements, used = packed[row]
            segments[at] = len(placements)
            for number, (document, start, count, place, lead) in enumerate(placements):
                own = 1 if start > 0 and (place == 0 or self.bos is None) else 0
                place_of_ids = place + lead - own
                ids = self.shards.read(document, start - own, count + own)
                tokens[at, place_of_ids : place_of_ids + len(ids)] = ids
                segments[at, place : place + lead + count] = number
            weights[at, : used - 1] = 1
            weights[at, self.silent(placements)] = 0
        self.batches += 1
        return tokens[:, :-1], tokens[:, 1:], weights, segments[:, :-1], max(1, normalizer)

    def silent(self, placements):
        """Positions whose target begins something that what stands before does not foretell."""
        return [
            place + lead + count - 1
            for document, start, count, place, lead in placements[:-1]
            if self.bos is None or start + count < self.shards.lengths[document]
        ]
