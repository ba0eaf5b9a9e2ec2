"""The scenario schema: strict, dated, ranged; it prints its own reference page and JSON Schema."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from meguri.base.terms import find_key, suggest_key
from meguri.base.units import CANONICAL, Quantity, read_quantity

MAX_DAYS = 36_500.0  # a century: beyond it a number is a slip of the pen


@dataclass(frozen=True)
class Range:
    """A ranged number in its canonical unit: low ≤ mode ≤ high; a plain number has all three equal."""

    low: float
    mode: float
    high: float
    unit: str

    @property
    def fixed(self) -> bool:
        """Whether there is nothing to vary."""
        return self.low == self.high

    @classmethod
    def read(cls, value: Any, dimension: str) -> Range:
        """From "45 d", [10 d, 60 d] (mode in the middle) or [10 d, 20 d, 60 d].

        Raises
        ------
        ValueError
            When a part is no number of the dimension, or the parts do not rise.

        Examples
        --------
        >>> Range.read(["10 d", "60 d"], "time")
        Range(low=10.0, mode=35.0, high=60.0, unit='d')
        """
        parts = list(value) if isinstance(value, list | tuple) else [value]
        if not 1 <= len(parts) <= 3:
            raise ValueError(CANONICAL[dimension])
        read: list[Quantity] = [read_quantity(part, dimension) for part in parts]
        if len({quantity.unit for quantity in read}) > 1:
            raise ValueError(CANONICAL[dimension])
        numbers = [quantity.value for quantity in read]
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError(CANONICAL[dimension])
        low, high = numbers[0], numbers[-1]
        mode = numbers[1] if len(numbers) == 3 else (low + high) / 2
        if not low <= mode <= high:
            raise PydanticCustomError("range_inverted", "low to high")
        return cls(low, mode, high, read[0].unit)

    def text(self) -> Any:
        """The way it is written in a scenario file."""

        def one(number: float) -> Any:
            return float(number) if self.unit == "1" else f"{number:g} {self.unit}"

        return one(self.mode) if self.fixed else [one(self.low), one(self.mode), one(self.high)]


def _ranged(
    dimension: str, low: float = 0.0, high: float = math.inf, working_days: bool = False
) -> BeforeValidator:
    def read(value: Any) -> Range:
        if isinstance(value, Range):
            return value
        try:
            found = Range.read(value, dimension)
        except PydanticCustomError:  # is a ValueError, but has already said what is wrong
            raise
        except (ValueError, TypeError, OverflowError):
            raise PydanticCustomError("quantity", "{unit}", {"unit": CANONICAL[dimension]}) from None
        if found.unit != CANONICAL[dimension] and not working_days:  # an authority's clock, nobody else's
            raise PydanticCustomError("quantity", "{unit}", {"unit": CANONICAL[dimension]})
        if found.low < low or found.high > high:
            raise PydanticCustomError("bounds", "{low} … {high}", {"low": f"{low:g}", "high": f"{high:g}"})
        return found

    return BeforeValidator(read, json_schema_input_type=str | float | list[str | float])


def _terms(words: str) -> BeforeValidator:
    def read(value: Any) -> tuple[str, ...]:
        items = value if isinstance(value, list | tuple) else [value]
        if not items:
            raise PydanticCustomError(f"term_{words}", "{near}", {"near": "…"})
        return tuple(_term(item, words) for item in items)

    return BeforeValidator(read)


def _term(value: Any, words: str) -> str:
    text = "NO" if value is False else str(value)  # YAML 1.1 reads Norway's code as false
    key = find_key(text, words)
    if key is None:
        near = suggest_key(text, words)
        raise PydanticCustomError(f"term_{words}", "{near}", {"near": near or "…"})
    return key


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise PydanticCustomError("date", "a date")
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "a date") from None


_WRITTEN = PlainSerializer(lambda value: value.text(), return_type=str | float | list[str | float])
Date = Annotated[dt.date, BeforeValidator(_date)]
Days = Annotated[Range, _ranged("time", 0.0, MAX_DAYS), _WRITTEN]
ReviewDays = Annotated[Range, _ranged("time", 0.0, MAX_DAYS, working_days=True), _WRITTEN]
ClosingDays = Annotated[Range, _ranged("time", 1.0, MAX_DAYS), _WRITTEN]
Share = Annotated[Range, _ranged("share", 0.0, 1.0), _WRITTEN]
Factor = Annotated[Range, _ranged("share", 0.0, 1e6), _WRITTEN]
Tonnes = Annotated[Range, _ranged("mass"), _WRITTEN]
Countries = Annotated[tuple[str, ...], _terms("countries")]
Elements = Annotated[tuple[str, ...], _terms("materials")]
Forms = Annotated[tuple[str, ...], _terms("forms")]
Authority = Annotated[str, BeforeValidator(lambda value: _term(value, "countries"))]


def _field(en: str, ja: str, default: Any = ...) -> Any:
    return Field(default, description=en, json_schema_extra={"description_ja": ja})


class Strict(BaseModel):
    """Frozen, and no unknown key passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Words(Strict):
    """A text in both languages."""

    en: str = _field("English text", "英語の文")
    ja: str = _field("Japanese text", "日本語の文")


class Evidence(Strict):
    """What stands behind an entry."""

    source: str = _field("Key of sources.csv", "sources.csv のキー")
    grade: Literal["reported", "derived", "estimated", "assumed"] = _field(
        "Grade of the weakest number of the entry", "項目中で最も弱い数値の確度", "reported"
    )
    note: str = _field("Reason of assumed numbers, doubts", "仮定の理由、疑義", "")


class Control(Evidence):
    """What every control has: who controls what, in which form, to whom, when."""

    id: str = _field("Name by which differences and notes refer to it", "差分や注記で参照する名前")
    by: Authority = _field("Authority: two-letter country code or name", "規制当局の国コードまたは国名")
    element: Elements = _field("Elements named", "対象元素")
    form: Forms = _field(
        "Forms named (oxide, metal, alloy, magnet …)", "対象形態（酸化物、金属、合金、磁石など）"
    )
    to: Countries | None = _field("Destinations; left out = all abroad", "仕向地。省略時は全外国", None)
    start: Date = _field("First day in force", "施行日")
    end: Date | None = _field("Last day in force; left out = open", "終了日。省略時は継続", None)


class Ban(Control):
    """Nothing named may leave."""

    kind: Literal["ban"] = _field("Kind of control", "規制の種類")


class Licence(Control):
    """Each shipment waits for a licence; the authority has a clock of its own."""

    kind: Literal["licence"] = _field("Kind of control", "規制の種類")
    paperwork: Days = _field("Preparing and filing an application", "申請準備・提出の日数")
    review: ReviewDays = _field("Statutory review, in working days or days", "法定審査期間（営業日または日）")
    customs_test: Days = _field("Test at customs after approval", "許可後の税関検査の日数")
    spread: Share = _field(
        "How much longer the slowest applications take, as a share of the delay",
        "最も遅い申請が余計に要する時間（遅延に対する割合）",
        Range(0, 0, 0, "1"),
    )
    approval: Share = _field("Share approved per round of application", "申請1回あたりの許可割合")
    rounds: int = Field(
        3,
        ge=1,
        le=12,
        description="Times a refused application is filed, the first included",
        json_schema_extra={"description_ja": "不許可後の再申請を含む申請回数"},
    )


class QuotaPeriod(Evidence):
    """One allotment: an amount for a period."""

    start: Date = _field("First day", "初日")
    end: Date = _field("Last day", "最終日")
    amount: Tonnes = _field("Amount allotted", "割当量")
    holder: str = _field("Who holds it; unknown is a value", "保有者。不明は「unknown」", "exporters")
    counts: Share = _field(
        "Share of the amount that may really be shipped", "実際に出荷できる割合", Range(1, 1, 1, "1")
    )


class Quota(Control):
    """A cap for each period; soft when goods pass beside it."""

    kind: Literal["quota"] = _field("Kind of control", "規制の種類")
    periods: tuple[QuotaPeriod, ...] = _field("Allotments", "割当")
    leakage: Share = _field(
        "Share of usual shipments that passes beside the quota (alloys, smuggling)",
        "枠外で通る出荷の割合（合金、密輸など）",
        Range(0, 0, 0, "1"),
    )
    front_loading: Factor = _field(
        "How much faster than evenly the quota may be used up (0 = evenly)",
        "枠を均等より速く使う度合い（0＝均等）",
        Range(0, 0, 0, "1"),
    )
    carry_over: Share = _field(
        "Share of an unused allotment that passes into the next period",
        "未使用枠のうち次期に繰り越せる割合",
        Range(0, 0, 0, "1"),
    )


class Tax(Control):
    """A duty on exports: a wedge between the prices inside and outside."""

    kind: Literal["tax"] = _field("Kind of control", "規制の種類")
    rate: Factor = _field("Rate on value", "従価税率")


class Slowdown(Control):
    """Customs works slowly: a share of shipments is held and cleared after the end."""

    kind: Literal["customs-slowdown"] = _field("Kind of control", "規制の種類")
    held: Share = _field("Share of shipments held", "留め置かれる割合")
    clearance: Days = _field(
        "Days to clear what was held", "滞留分の通関に要する日数", Range(10, 10, 10, "d")
    )

    @model_validator(mode="after")
    def _needs_an_end(self) -> Slowdown:
        if self.end is None:
            raise PydanticCustomError("slowdown_end", "an end")
        return self


class OverCompliance(Control):
    """Neighbouring goods without a listed element are delayed too (spill-over)."""

    kind: Literal["over-compliance"] = _field("Kind of control", "規制の種類")
    share: Share = _field("Share of shipments delayed", "遅れる出荷の割合")
    delay: Days = _field("Delay of those shipments", "その出荷の遅れ")
    lasts: Days = _field("How long traders and customs stay over-cautious", "過剰な自粛が続く期間")


AnyControl = Annotated[Ban | Licence | Quota | Tax | Slowdown | OverCompliance, Field(discriminator="kind")]


class Change(Evidence):
    """A difference applied to the chain's tables before it is frozen."""

    table: Literal["materials", "contents", "nodes", "flows", "recipes", "ownership"] = _field(
        "Table of the chain", "チェーンの表"
    )
    where: dict[str, str] = _field("Key columns that choose the rows", "行を選ぶキー列")
    set: dict[str, str | float | int | bool] = _field("Columns and their new values", "列と新しい値")


class Observed(Evidence):
    """A figure of history that the run is held against."""

    what: Literal["exports"] = _field("What was counted", "数えたもの")
    control: str = _field("Control whose goods are counted", "対象品目を定める規制の id")
    start: Date = _field("First day counted", "集計初日")
    end: Date = _field("Last day counted", "集計最終日")
    amount: Tonnes = _field("Amount", "数量")


class Reason(Strict):
    """The authority's own stated reason, in quotation marks, with its source."""

    text: str = _field("Quotation", "引用文")
    source: str = _field("Key of sources.csv", "sources.csv のキー")


class Scenario(Strict):
    """One dated what-if: a base plus differences.

    Examples
    --------
    >>> Scenario(
    ...     name="none", label={"en": "No control", "ja": "規制なし"}, chain="ndfeb-japan@2024",
    ...     start="2025-01-01", horizon="12 months",
    ... ).days
    365
    """

    name: str = _field("Name, the file name without .yaml", "名前（拡張子を除くファイル名）")
    label: Words = _field("Shown name", "表示名")
    chain: str = _field("Default chain, name@year", "既定のチェーン（名前@年）")
    base: str | None = _field("Scenario this one differs from", "差分の元になるシナリオ", None)
    start: Date = _field("First day simulated", "シミュレーション初日")
    clock: Date | None = _field(
        "Day from which survival is counted; left out = first day in force of the first control",
        "存続日数の起算日。省略時は最初の規制の施行日",
        None,
    )
    horizon: Days = _field("Length simulated", "シミュレーション期間")
    economy: Countries | None = _field(
        "Economies whose end users the answer is about; left out = all", "答えの対象国。省略時は全て", None
    )
    reasons: tuple[Reason, ...] = _field("Stated reasons of the authorities", "当局が示した理由", ())
    controls: tuple[AnyControl, ...] = _field("Controls", "規制", ())
    changes: tuple[Change, ...] = _field("Differences of the chain", "チェーンの差分", ())
    observed: tuple[Observed, ...] = _field("Figures of history", "実績値", ())
    contrast: str | None = _field(
        "Scenario run beside this one and held against the same history",
        "並べて実行し同じ実績と比べるシナリオ",
        None,
    )
    demand: Factor = _field(
        "What is asked of the chain relative to the chain's year",
        "チェーンの対象年に対する需要の倍率",
        Range(1, 1, 1, "1"),
    )
    demand_of: dict[str, Factor] | None = _field(
        "The same for single products of the chain, on top of demand: product key and factor",
        "製品別の需要の倍率（製品のキーと倍率）。demand にさらに乗じる",
        None,
    )
    react: Days = _field(
        "Days from the first day in force until buyers begin to qualify alternatives",
        "施行から代替先の認定を始めるまでの日数",
        Range(14, 30, 60, "d"),
    )
    adjust: ClosingDays = _field(
        "Days in which buyers close a gap to their target stock",
        "目標在庫との差を埋めるまでの日数",
        Range(20, 30, 60, "d"),
    )
    surge: Factor = _field(
        "How much more than usual a supplier lets one buyer order: others stand in line too",
        "供給元が一つの買い手に許す平常比の追加注文（他の買い手も並ぶため）",
        Range(0.1, 0.25, 0.5, "1"),
    )
    stay: Share = _field(
        "Share of what an alternative supplier came to deliver that stays with it when usual suppliers"
        " return",
        "代替先が担うようになった量のうち、従来の供給元が戻った後も残る割合",
        Range(0, 0, 0, "1"),
    )
    short_below: Share = _field(
        "A node falls short when it makes less than this share of what is asked",
        "求められた量のこの割合を下回ると不足とみなす",
        Range(0.95, 0.95, 0.95, "1"),
    )

    @property
    def days(self) -> int:
        """Days simulated."""
        return round(self.horizon.mode)

    @property
    def counted_from(self) -> dt.date:
        """Day from which survival is counted."""
        if self.clock is not None:
            return self.clock
        return min((control.start for control in self.controls), default=self.start)

    def control(self, id: str) -> Control:
        """One control by its id."""
        return next(control for control in self.controls if control.id == id)

    def plain(self) -> dict[str, Any]:
        """The scenario as JSON-ready values, in canonical units."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return plain


def json_schema() -> dict[str, Any]:
    """JSON Schema of scenario files, for editors."""
    schema: dict[str, Any] = _as_written(Scenario.model_json_schema(mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _as_written(part: Any) -> Any:
    """Defaults that are ranges, the way a scenario file writes them."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {"low", "mode", "high", "unit"}:
        return Range(**part).text()
    return {key: _as_written(item) for key, item in part.items()}
