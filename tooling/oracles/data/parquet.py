"""Parquet files of other writers, and other readers' view of ours.

    python parquet.py write FOLDER            files of pyarrow, polars and DuckDB, and rows.json with what is in them
    python parquet.py read FILE...            one JSON line: what pyarrow, pandas, DuckDB, polars and `datasets` read

pip install pyarrow pandas duckdb polars datasets. Written with pyarrow 26.0.1, DuckDB 2.0.1, polars 2.1.0; read with
these and datasets 5.2.0, pandas 3.
"""

import datetime
import decimal
import hashlib
import json
import os
import sys

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 40
NOON = datetime.datetime(2024, 5, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)


def table():
    words = ["river", "mill", "ключ", "鍵 😀", "naïve", ""]
    return {
        "text": [f"Document {i}. " + " ".join(words[(i + j) % 6] for j in range(20)) if i % 7 else None for i in range(ROWS)],
        "id": [f"doc-{i}" for i in range(ROWS)],
        "url": [f"https://example.org/{i % 3}" for i in range(ROWS)],
        "score": [i / 8 if i % 5 else None for i in range(ROWS)],
        "count": [i * 1000003 if i % 4 else None for i in range(ROWS)],
        "big": [2**60 + i for i in range(ROWS)],
        "good": [i % 2 == 0 for i in range(ROWS)],
        "when": [NOON + datetime.timedelta(minutes=i) for i in range(ROWS)],
        "day": [datetime.date(2024, 5, 1 + i % 28) for i in range(ROWS)],
        "price": [decimal.Decimal(i) / 4 for i in range(ROWS)],
        "raw": [bytes([i, 255, 0]) for i in range(ROWS)],
        "tags": [None if i % 3 == 0 else [words[j % 6] for j in range(i % 4)] for i in range(ROWS)],
        "metadata": [{"language": "en" if i % 2 else None, "nested": {"depth": i, "list": [[i], []]}} for i in range(ROWS)],
    }


def plain(value):
    """As JSON, the way our reader says it: times in ISO 8601, integers beyond 2^53 as strings, no bytes, no nulls."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if plain(v) is not None}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%dT00:00:00.000Z")
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return None if isinstance(value, bytes) else value


def write(folder):
    os.makedirs(folder, exist_ok=True)
    columns = table()
    schema = pa.schema(
        [
            ("text", pa.large_string()),
            ("id", pa.string()),
            ("url", pa.dictionary(pa.int32(), pa.string())),
            ("score", pa.float32()),
            ("count", pa.int64()),
            ("big", pa.int64()),
            ("good", pa.bool_()),
            ("when", pa.timestamp("us", "UTC")),
            ("day", pa.date32()),
            ("price", pa.decimal128(9, 2)),
            ("raw", pa.binary()),
            ("tags", pa.list_(pa.string())),
            ("metadata", pa.struct([("language", pa.string()), ("nested", pa.struct([("depth", pa.int32()), ("list", pa.list_(pa.list_(pa.int32())))]))])),
        ]
    )
    arrow = pa.table(columns, schema=schema)
    for codec in ("snappy", "gzip", "zstd", "brotli", "lz4"):
        pq.write_table(arrow, f"{folder}/pyarrow-{codec}.parquet", compression=codec, row_group_size=25, store_schema=False)
    pq.write_table(
        arrow, f"{folder}/pyarrow-v2.parquet", compression="zstd", use_dictionary=False, data_page_version="2.0",
        column_encoding={"id": "DELTA_BYTE_ARRAY", "text": "DELTA_LENGTH_BYTE_ARRAY", "count": "DELTA_BINARY_PACKED"},
        write_page_index=True, data_page_size=512, store_schema=False,
    )
    polars.from_arrow(arrow).write_parquet(f"{folder}/polars.parquet", compression="zstd")
    duckdb.sql("SET TimeZone = 'UTC'")
    duckdb.from_arrow(arrow).write_parquet(f"{folder}/duckdb.parquet", compression="zstd")
    rows = [{name: plain(values[i]) for name, values in columns.items()} for i in range(ROWS)]
    with open(f"{folder}/rows.json", "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


def digest(rows):
    """Of rows as lists of [name, value], nulls left out."""
    text = "\n".join(json.dumps([[k, v] for k, v in row.items() if v is not None], ensure_ascii=False, separators=(",", ":")) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def read(path):
    import datasets
    import pandas

    datasets.disable_progress_bars()
    arrow = pq.read_table(path)
    views = {
        "pyarrow": arrow.to_pylist(),
        "pandas": [
            {name: None if pandas.isna(value) else value for name, value in row.items()}
            for row in pandas.read_parquet(path).to_dict("records")
        ],
        "duckdb": [dict(zip(arrow.column_names, row)) for row in duckdb.sql(f"FROM '{path}'").fetchall()],
        "polars": polars.read_parquet(path).to_dicts(),
        "datasets": list(datasets.load_dataset("parquet", data_files=path, split="train", cache_dir=f"{path}.cache")),
    }
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    return {
        "sha256": sha256,
        "groups": pq.ParquetFile(path).num_row_groups,
        "types": [str(field.type) for field in arrow.schema],
        "rows": {name: digest(rows) for name, rows in views.items()},
    }


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        for path in sys.argv[2:]:
            print(json.dumps({"file": os.path.basename(path), **read(path)}))
