"""Sheets broken at random: python -m tests.observe.fuzz_joblog RUNS SEED

Writes small workbooks and CSV files, breaks each in one of several ways, and reads it. Prints one line: how
many were read, refused, gave anything else; the longest reading; the peak of memory. Bounded by RUNS.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from meguri.base.errors import DataError
from meguri.observe.joblog import read_shop

ODD = (
    *(
        "",
        "=1+1",
        "@SUM(A1)",
        "令和99年13月45日",
        "１２３４５" * 40,
        "-",
        "〃",
        "R0.0.0",
        "25:61",
        "1e400",
        "nan",
    ),
    *(
        "∞",
        "<script>",
        "\u202e",
        "\x00",
        "9" * 400,
        "2026-02-30",
        "０",
        "合計",
        "日付",
        "工程",
        "2026年",
        "¥",
    ),
    *(
        "停止時間（分）",
        "平成31年5月",
        "5割割",
        "60代代",
        "-5",
        "8:60",
        "1,2,3",
        "#REF!",
        "TRUE",
        " ",
        "\u3000",
    ),
)
HEADS = (
    *(
        "日付",
        "設備",
        "工程",
        "材質",
        "客先",
        "停止時間（分）",
        "発生日時",
        "復旧日時",
        "手直し",
        "氏名",
        "年齢",
    ),
    *(
        "計画稼働時間",
        "HSコード",
        "費用（千円）",
        "売上構成比",
        "使用開始",
        "交換日",
        "工事区分",
        "対照群",
        "仕様",
    ),
)


def rows(rng: random.Random) -> list[list[str]]:
    """A sheet with odd cells."""
    heads = rng.sample(HEADS, rng.randint(3, 9))
    made = [[rng.choice(ODD) for _ in heads] for _ in range(rng.randint(0, 6))]
    plain = [["2026-04-01 8:00", "F1", "12", "○", "HIP"][i % 5] for i, _ in enumerate(heads)]
    return [[rng.choice(ODD)] for _ in range(rng.randint(0, 3))] + [heads, plain, *made]


def workbook(rng: random.Random) -> bytes:
    """A small workbook, sometimes with merged cells."""
    made = Workbook()
    sheet = made.active
    for row in rows(rng):
        sheet.append([None if "\x00" in cell else cell for cell in row])
    if rng.random() < 0.3:
        sheet.merge_cells(
            start_row=1, start_column=1, end_row=rng.randint(1, 4), end_column=rng.randint(1, 6)
        )
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def flipped(content: bytes, rng: random.Random) -> bytes:
    """Some bytes changed."""
    raw = bytearray(content)
    for _ in range(rng.randint(1, 12)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def cut(content: bytes, rng: random.Random) -> bytes:
    """The end missing."""
    return content[: rng.randrange(len(content))]


def doubled(content: bytes, rng: random.Random) -> bytes:
    """A stretch written twice."""
    at = rng.randrange(len(content))
    return content[:at] + content[max(0, at - 200) :]


def inside(content: bytes, rng: random.Random) -> bytes:
    """One member of the archive changed, the archive itself whole."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        broken = rng.choice(names)
        for name in names:
            body = old.read(name)
            new.writestr(
                name, rng.choice((flipped, cut, doubled))(body, rng) if name == broken and body else body
            )
    return raw.getvalue()


def same(content: bytes, _: random.Random) -> bytes:
    """As it is: only its cells are odd."""
    return content


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    same,
    same,
    flipped,
    cut,
    doubled,
    inside,
    inside,
)


def one(rng: random.Random, folder: Path) -> str:
    """Read one broken file: "read", "refused", or what else came out."""
    table = rng.random() < 0.5
    if table:
        text = "\n".join(",".join(row) for row in rows(rng))
        content = text.encode(rng.choice(("utf-8", "utf-8-sig", "cp932", "utf-16")), "replace")
        content = rng.choice((same, flipped, cut, doubled))(content, rng)
    else:
        content = rng.choice(WAYS)(workbook(rng), rng)
    path = folder / ("a.csv" if table else "a.xlsx")
    path.write_bytes(content)
    try:
        reading = read_shop(path)
    except DataError as error:
        error.text("ja")
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:120]
    for problem in reading.problems:
        problem.text("ja")
    return "read"


def main(runs: int, seed: int) -> None:
    """Read many and print the counts."""
    found: Counter[str] = Counter()
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            began = time.perf_counter()
            said = one(random.Random(seed * 1_000_003 + number), Path(folder))
            longest = max(longest, time.perf_counter() - began)
            found[said] += 1
            if said not in ("read", "refused"):
                print(number, said, file=sys.stderr)
    status = Path("/proc/self/status").read_text()  # the resource module tells the parent's peak after a fork
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024
    other = sum(found.values()) - found["read"] - found["refused"]
    print(f"read {found['read']} refused {found['refused']} other {other}", end=" ")
    print(f"longest {longest:.2f} s peak {peak:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
