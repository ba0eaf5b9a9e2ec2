"""TEST DATA, MADE UP: a small screening with a name that is a script, a formula, and a listed receiver."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from meguri.app.screening import Asked, case_of
from meguri.show.screening_case import ScreenCase

ITEMS = [
    ["品番", "品名", "HS", "材料", "工程", "取引先", "仕様"],
    ["V1", "<script>alert(1)</script> 部品", "8486.90", "SUS316L", "真空熱処理", "A", "品目区分 = 真空部品"],
    ["M1", "=1+1", "8505.11", "NdFeB", "磁石熱処理", "B",
     "品目区分 = 磁石 | 含有元素（すべて） = Nd, Fe, B | 色 = 青"],
]  # fmt: skip
CUSTOMERS = [
    ["取引先番号", "取引先名", "業種", "用途", "国", "転売先"],
    ["A", "甲装置", "半導体・FPD関連", "エッチング装置", "日本", "中国のファブ"],
    ["B", "Fara Sakht Industry", "自動車関連", "モーター", "イラン", ""],
]
LISTED = "Farasakht Industries"


def write_sheets(path: Path) -> Path:
    """The firm's workbook."""
    book = Workbook()
    for title, rows in (("品目", ITEMS), ("取引先", CUSTOMERS)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s" if cell.value else cell.data_type
    book.remove(book.worksheets[0])
    book.save(path)
    return path


@cache
def screened() -> ScreenCase:
    """The screening of 2025-12-01, with what changed since 2025-01-01."""
    with TemporaryDirectory() as folder:
        path = write_sheets(Path(folder) / "items.xlsx")
        return case_of(Asked(files=(path,), on="2025-12-01", since="2025-01-01"))
