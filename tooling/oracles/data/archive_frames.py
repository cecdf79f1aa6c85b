"""Writes the compressed archives of packages/data/src/node/files/fixtures with other implementations:
python-zstandard 0.25 (a frame a record, with a dictionary as "Zstandard WARC files" 1.0 has it, plain and
compressed, and without) and lz4 4.4 (linked and independent blocks, with and without checksums).

    pip install zstandard==0.25.0 lz4==4.4.5; python archive_frames.py packages/data/src/node/files/fixtures
"""

import struct
import sys

import lz4.frame
import zstandard

folder = sys.argv[1]
WORDS = "river mill town boat market farmer grain harbour stone bell captain lamp".split()


def record(number):
    body = " ".join(WORDS[(number * 7 + at * at) % len(WORDS)] for at in range(40 + number % 30))
    block = f"<p>Page {number}: {body}</p>".encode()
    head = f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://example.org/{number}\r\n"
    head += f"WARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: text/html\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


records = [record(number) for number in range(30)]


def write(name, parts):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(b"".join(parts))


dictionary = zstandard.train_dictionary(2048, [record(number) for number in range(100, 400)])


def skippable(magic, content):
    return struct.pack("<II", magic, len(content)) + content


plain = zstandard.ZstdCompressor(level=3, write_checksum=True)
with_dictionary = zstandard.ZstdCompressor(level=3, dict_data=dictionary, write_checksum=True)
without_size = zstandard.ZstdCompressor(level=3, dict_data=dictionary, write_content_size=False)
raw = dictionary.as_bytes()
write("frames.warc.zst", [skippable(0x184D2A50, b"note"), *map(plain.compress, records)])
write("dictionary.warc.zst", [skippable(0x184D2A5D, raw), *map(with_dictionary.compress, records)])
packed = zstandard.ZstdCompressor(level=19).compress(raw)
write("packed-dictionary.warc.zst", [skippable(0x184D2A5D, packed), *map(without_size.compress, records)])


def lz4_frame(data, **options):
    return lz4.frame.compress(data, **options)


write("frames.warc.lz4", [lz4_frame(data, content_checksum=True) for data in records])
write("linked.warc.lz4", [lz4_frame(b"".join(records) * 12, block_size=4, block_linked=True, block_checksum=True)])
write("independent.warc.lz4", [lz4_frame(b"".join(records) * 12, block_size=4, block_linked=False, store_size=False)])
