"""The forms that trade files come in: their headings, units and conventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meguri.base.errors import DataError, Problem
from meguri.base.terms import fold


@dataclass(frozen=True)
class Form:
    """One form of trade file.

    ``headings`` gives for each field the headings that may stand for it, the best first; ``needed``
    are the fields a file must have (of a tuple, one). A field that the form fixes stands in ``fixed``.
    """

    name: str
    headings: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]  # digits a code may have
    flows: Mapping[str, str]
    places: str  # how economies are written: un | japan
    value_unit: float = 1.0  # one unit of the value column, in the currency
    weight_unit: float = 1.0  # one unit of the weight column, in kg
    currency: str = "USD"
    basis: Mapping[str, str] = field(default_factory=lambda: {"export": "fob", "import": "cif"})
    fixed: Mapping[str, str] = field(default_factory=dict)
    unsplit: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # breakdown: value of its total
    spans: tuple[str, ...] = ("period",)  # fields whose lines are added up: months, ports


_FLOWS = {"export": "export", "exports": "export", "import": "import", "imports": "import",
          "x": "export", "m": "import"}  # fmt: skip
_COMTRADE = {**_FLOWS, "2": "export", "1": "import"}
_PART = ("re-export", "re-exports", "re-import", "re-imports", "rx", "rm", "dx", "fm", "domestic export")
PARTS_OF_FLOWS = dict.fromkeys(_PART, "")  # already within exports and imports

_OLD = Form(
    name="comtrade-old",
    headings={
        "classification": ("Classification",), "year": ("Year",), "period": ("Period",),
        "flow": ("Trade Flow", "Trade Flow Code"), "code": ("Commodity Code",),
        "reporter_iso": ("Reporter ISO",), "reporter_number": ("Reporter Code",), "reporter": ("Reporter",),
        "partner_iso": ("Partner ISO",), "partner_number": ("Partner Code",), "partner": ("Partner",),
        "value": ("Trade Value (US$)",), "weight": ("Netweight (kg)",),
        "second": ("2nd Partner Code",), "customs": ("Customs Proc. Code",),
        "transport": ("Mode of Transport Code",),
    },
    needed=(("year",), ("flow",), ("reporter", "reporter_iso", "reporter_number"),
            ("partner", "partner_iso", "partner_number"), ("code",), ("value",)),
    widths=(2, 4, 6),
    flows={**_COMTRADE, **PARTS_OF_FLOWS, "3": "", "4": ""},
    places="un",
    unsplit={"second": ("0", ""), "customs": ("C00", ""), "transport": ("0", "")},
)  # fmt: skip

_NEW = Form(
    name="comtrade-new",
    headings={
        "classification": ("classificationCode",), "searched": ("classificationSearchCode",),
        "year": ("refYear",), "period": ("period",),
        "flow": ("flowCode", "flowDesc"), "code": ("cmdCode",),
        "reporter_iso": ("reporterISO",), "reporter_number": ("reporterCode",), "reporter": ("reporterDesc",),
        "partner_iso": ("partnerISO",), "partner_number": ("partnerCode",), "partner": ("partnerDesc",),
        "value": ("primaryValue",), "weight": ("netWgt",),
        "second": ("partner2Code",), "customs": ("customsCode",), "transport": ("motCode",),
    },
    needed=(("year", "period"), ("flow",), ("reporter", "reporter_iso", "reporter_number"),
            ("partner", "partner_iso", "partner_number"), ("code",), ("value",)),
    widths=(2, 4, 6),
    flows={**_COMTRADE, **PARTS_OF_FLOWS},
    places="un",
    unsplit={"second": ("0", ""), "customs": ("C00", ""), "transport": ("0", "")},
)  # fmt: skip

_BACI = Form(
    name="baci",
    headings={"year": ("t",), "reporter_number": ("i",), "partner_number": ("j",), "code": ("k",),
              "value": ("v",), "weight": ("q",)},
    needed=(("year",), ("reporter_number",), ("partner_number",), ("code",), ("value",)),
    widths=(6,),
    flows=_FLOWS,
    places="un",
    value_unit=1e3,
    weight_unit=1e3,
    fixed={"flow": "export"},
)  # fmt: skip

_WITS = Form(
    name="wits",
    headings={
        "classification": ("Nomenclature",), "reporter_iso": ("ReporterISO3",), "code": ("ProductCode",),
        "reporter": ("ReporterName",), "partner_iso": ("PartnerISO3",), "partner": ("PartnerName",),
        "year": ("Year",), "flow": ("TradeFlowName",), "value": ("TradeValue in 1000 USD",),
        "weight": ("NetWeight in KGM",),
    },
    needed=(("year",), ("flow",), ("reporter_iso", "reporter"), ("partner_iso", "partner"), ("code",),
            ("value",)),
    widths=(2, 4, 6),
    flows={**_FLOWS, **PARTS_OF_FLOWS, "gross exports": "export", "gross imports": "import"},
    places="un",
    value_unit=1e3,
)  # fmt: skip

_JAPAN = Form(
    name="japan-customs",
    headings={
        "flow": ("Exp or Imp", "輸出入", "輸出入区分", "輸出または輸入"),
        "year": ("Year", "年", "対象年"),
        "code": ("HS", "統計品目番号", "品目番号", "品目コード", "HSコード", "品目"),
        "partner_number": ("Country", "国名符号", "国コード", "国"),
        "partner": ("国名", "国・地域"),
        "port": ("Custom", "税関", "税関符号"),
        "unit1": ("Unit1", "数量単位1", "第1数量単位", "単位1"),
        "unit2": ("Unit2", "数量単位2", "第2数量単位", "単位2", "単位"),
        "quantity1": ("Quantity1-Year", "数量1-年", "第1数量", "数量1", "Quantity1"),
        "quantity2": ("Quantity2-Year", "数量2-年", "第2数量", "数量2", "数量", "Quantity2"),
        "value": ("Value-Year", "金額-年", "金額(千円)", "価額(千円)", "金額", "価額", "Value"),
    },
    needed=(("year",), ("flow",), ("code",), ("value",)),
    widths=(9, 6),
    flows={"1": "export", "2": "import", "輸出": "export", "輸入": "import", **_FLOWS},
    places="japan",
    value_unit=1e3,
    currency="JPY",
    fixed={"reporter": "JP"},
    spans=("port",),
)  # fmt: skip

_KOREA = Form(
    name="korea-hs10",
    headings={
        "code": ("item_hs10", "HS10", "HS Code", "HS코드", "Item"),
        "partner": ("Country", "국가"),
        "year": ("Year",), "period": ("Period", "기간"), "month": ("Month", "월"),
        "export_value": ("export_usd", "Export_dollar"), "import_value": ("import_usd", "Import_dollar"),
        "export_thousand": ("수출 금액", "Export Value"), "import_thousand": ("수입 금액", "Import Value"),
        "export_weight": ("export_kg", "Export_weight", "Export_kg", "수출 중량", "Export Weight"),
        "import_weight": ("import_kg", "Import_weight", "Import_kg", "수입 중량", "Import Weight"),
    },
    needed=(("code",), ("year", "period"), ("export_value", "import_value", "export_thousand",
            "import_thousand")),
    widths=(10, 6, 4, 2),
    flows=_FLOWS,
    places="un",
    fixed={"reporter": "KR"},
    spans=("period", "month"),
)  # fmt: skip

FORMS = (_OLD, _NEW, _BACI, _WITS, _JAPAN, _KOREA)
TELLING = 2  # headings that make a row of cells the header of a form


def key(heading: str) -> str:
    """Heading without case, width and blanks."""
    return fold(heading).replace(" ", "").replace("_", "").strip("'\"")


def columns(form: Form, header: Sequence[str]) -> dict[str, str]:
    """Heading of the file for each field of a form that it has.

    Examples
    --------
    >>> columns(FORMS[2], ["t", "i", "j", "k", "v", "q"])["value"]
    'v'
    """
    held = {key(heading): heading for heading in header}
    found: dict[str, str] = {}
    for name, accepted in form.headings.items():
        heading = next((held[key(a)] for a in accepted if key(a) in held), None)
        if heading is not None:
            found[name] = heading
    return found


def recognise(header: Sequence[str], file: str) -> Form:
    """The form whose headings a file has.

    Raises
    ------
    DataError
        When no row of headings of a known form is there, or columns that the form needs are missing.

    Examples
    --------
    >>> recognise(["t", "i", "j", "k", "v", "q"], "BACI_HS22_Y2023_V202501.csv").name
    'baci'
    """
    scores = [(len(set(columns(form, header).values())), form) for form in FORMS]
    best, form = max(scores, key=lambda score: score[0])
    if best < TELLING:
        found = ", ".join(header)[:80]
        raise DataError(Problem("trade_header", file, found, file))
    held = columns(form, header)
    missing = [
        Problem("trade_column", file, "", file, {"columns": _either(form, fields), "form": form.name})
        for fields in form.needed
        if not any(name in held for name in fields)
    ]
    if missing:
        raise DataError(missing, file)
    return form


def _either(form: Form, fields: Sequence[str]) -> str:
    return " / ".join(form.headings[name][0] for name in fields)
