"""How long a hundred million rows of trade take: ``python -m benchmarks.classify FOLDER [ROWS]``.

Writes a synthetic BACI-shaped Parquet (t, i, j, k, v, q: real country numbers and HS 2017 codes, nine
years) into a scratch folder, then streams it through DuckDB: checks, country names and classes joined,
sums by year, exporter and class. Bar of issue 7: 60 s and 2 GB. The sums are held against the totals that
the writer kept, so that no row is lost.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from meguri.observe.goods_classes import class_map, classes_of
from meguri.observe.hs import codes_of
from meguri.observe.imports import country_numbers
from meguri.observe.tradescan import scan_trade

ROWS, BLOCK = 100_000_000, 2_000_000
YEARS = range(2015, 2024)


def write(path: Path, rows: int = ROWS, seed: int = 7) -> float:
    """Write rows block by block; the sum of their values in USD."""
    draw = np.random.default_rng(seed)
    numbers = country_numbers()["number"].to_numpy(dtype="int32")
    codes = np.array(sorted(int(code) for code in codes_of("HS2017") if len(code) == 6), dtype="int32")
    names = ("t", "i", "j", "k")
    schema = pa.schema([*((name, pa.int32()) for name in names), ("v", pa.float64()), ("q", pa.float64())])
    total = 0.0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, BLOCK):
            n = min(BLOCK, rows - start)
            value = np.round(draw.lognormal(3.0, 2.0, n), 3)
            total += float(value.sum()) * 1e3
            columns = [draw.choice(np.array(YEARS, dtype="int32"), n), draw.choice(numbers, n),
                       draw.choice(numbers, n), draw.choice(codes, n), value, value / 10]  # fmt: skip
            writer.write_table(pa.table(columns, schema=schema))
    return total


def mapping() -> pd.DataFrame:
    """The packaged map spelled out for every subheading of HS 2017."""
    return classes_of(sorted(code for code in codes_of("HS2017") if len(code) == 6), class_map())


def main() -> None:
    """Write the file if it is not there, scan and classify it, print time and memory."""
    folder, rows = Path(sys.argv[1]), int(float(sys.argv[2])) if len(sys.argv) > 2 else ROWS
    path, total_file = folder / f"baci-{rows}.parquet", folder / f"baci-{rows}.txt"
    if not total_file.exists():
        total_file.write_text(repr(write(path, rows)))
        print(f"written {path.stat().st_size / 1e9:.2f} GB; run again to measure", flush=True)
        return
    begin = time.perf_counter()
    with scan_trade(path, scratch=folder) as scan:
        opened = time.perf_counter()
        table = scan.classed(mapping())
        end = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        off = abs(table["value"].sum() / float(total_file.read_text()) - 1)
        print(f"{scan.rows:,} rows, {scan.vintage}: checked in {opened - begin:.1f} s")
        print(f"{len(table):,} sums by class in {end - opened:.1f} s, off by {off:.1e}")
        used = resource.getrusage(resource.RUSAGE_SELF)
        processor = used.ru_utime + used.ru_stime
        print(f"in all {end - begin:.1f} s ({processor:.0f} s of processor on 2 threads), peak {peak:.2f} GB")


if __name__ == "__main__":
    main()
