"""The scenario schema: strict, dated, ranged; it prints its own reference page and JSON Schema."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from meguri.scenario.controls import AnyControl as AnyControl
from meguri.scenario.controls import Ban as Ban
from meguri.scenario.controls import CatchAll as CatchAll
from meguri.scenario.controls import Control as Control
from meguri.scenario.controls import EndUseBan as EndUseBan
from meguri.scenario.controls import EntityList as EntityList
from meguri.scenario.controls import Licence as Licence
from meguri.scenario.controls import MinimumPrice as MinimumPrice
from meguri.scenario.controls import OverCompliance as OverCompliance
from meguri.scenario.controls import Quota as Quota
from meguri.scenario.controls import QuotaPeriod as QuotaPeriod
from meguri.scenario.controls import ServiceCut as ServiceCut
from meguri.scenario.controls import Slowdown as Slowdown
from meguri.scenario.controls import Tax as Tax
from meguri.scenario.fields import (
    ClosingDays,
    Countries,
    Date,
    Days,
    Evidence,
    Factor,
    Rate,
    Share,
    Strict,
    Tonnes,
    Words,
    described,
)
from meguri.scenario.fields import Range as Range
from meguri.scenario.measures import AnyEffect as AnyEffect


class Change(Evidence):
    """A difference applied to the chain's tables before it is frozen."""

    table: Literal["materials", "contents", "nodes", "flows", "recipes", "ownership", "specs"] = described(
        "Table of the chain", "チェーンの表"
    )
    where: dict[str, str] = described("Key columns that choose the rows", "行を選ぶキー列")
    set: dict[str, str | float | int | bool] = described("Columns and their new values", "列と新しい値")


class Observed(Evidence):
    """A figure of history that the run is held against."""

    what: Literal["exports"] = described("What was counted", "数えたもの")
    control: str = described("Control whose goods are counted", "対象品目を定める規制の id")
    start: Date = described("First day counted", "集計初日")
    end: Date = described("Last day counted", "集計最終日")
    amount: Tonnes = described("Amount", "数量")


class DemandStep(Evidence):
    """From a day on, more or less is asked of the chain."""

    product: str | None = described("Product; left out = all", "製品のキー。省略時はすべて", None)
    start: Date = described(
        "First day; holds until the next step of the same product", "初日。同じ製品の次の段階まで続く"
    )
    factor: Factor = described(
        "Factor on what is asked of final sales, on top of demand", "最終需要の倍率（demand にさらに乗じる）"
    )


class Disruption(Evidence):
    """A node loses capacity or know-how for other reasons than a control: fire, exit, a master who leaves."""

    node: str = described("Node of the chain", "チェーンの拠点")
    start: Date = described("First day", "初日")
    end: Date | None = described("Last day; left out = does not end", "最終日。省略時は継続", None)
    lost: Share = described("Share of capacity lost", "失われる生産能力の割合", Range(0, 0, 0, "1"))
    yield_lost: Share = described(
        "Share of output that is unusable (lost condition-setting know-how)",
        "使用できなくなる産出の割合（条件出しの知見の喪失など）",
        Range(0, 0, 0, "1"),
    )
    recovery: Days = described(
        "Time constant in which both return after the last day; without a last day, from the first on",
        "最終日の後（最終日がなければ初日から）回復する時定数",
        Range(0, 0, 0, "d"),
    )

    @model_validator(mode="after")
    def _loses_something(self) -> Disruption:
        if self.lost.high == 0.0 and self.yield_lost.high == 0.0:
            raise PydanticCustomError("disruption_empty", "lost or yield_lost")
        return self


class Release(Strict):
    """When a reserve opens: on a day, or when users run low."""

    cover_below: Days | None = described(
        "Opens when the country's users hold fewer days of use than this",
        "国内利用者の在庫日数がこれを下回ると放出",
        None,
    )
    date: Date | None = described("Opens on this day", "この日に放出", None)

    @model_validator(mode="after")
    def _has_one_rule(self) -> Release:
        if (self.cover_below is None) == (self.date is None):
            raise PydanticCustomError("release_rule", "cover_below or date")
        return self


class Reserve(Evidence):
    """A national reserve with its rule of release."""

    product: str = described("Product held, its key in the chain", "備蓄する製品のキー")
    country: Countries = described("Country whose users it serves", "利用者の国")
    amount: Tonnes = described("Amount held", "備蓄量")
    release: Release = described("When it opens", "放出の条件")
    decision: Days = described(
        "Days from that day until the first delivery", "条件成立から最初の引き渡しまでの日数"
    )
    rate: Rate = described("Most that can be handed out", "放出速度の上限")


class Precaution(Evidence):
    """How buyers stock up when they hear of a control."""

    announced: Factor = described(
        "Rise of target stocks from announcement to start, as a share",
        "公表から施行までの目標在庫の上積み（割合）",
        Range(0, 0, 0, "1"),
    )
    in_force: Factor = described(
        "Rise of target stocks on the first day in force, as a share",
        "施行日における目標在庫の上積み（割合）",
        Range(0, 0, 0, "1"),
    )
    decay: ClosingDays = described(
        "Time constant in which the rise fades while it is in force",
        "施行後に上積みが薄れる時定数",
        Range(180, 180, 180, "d"),
    )


class Reason(Strict):
    """The authority's own stated reason, in quotation marks, with its source."""

    text: str = described("Quotation", "引用文")
    source: str = described("Key of sources.csv", "sources.csv のキー")


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

    name: str = described("Name, the file name without .yaml", "名前（拡張子を除くファイル名）")
    label: Words = described("Shown name", "表示名")
    chain: str = described("Default chain, name@year", "既定のチェーン（名前@年）")
    base: str | None = described("Scenario this one differs from", "差分の元になるシナリオ", None)
    start: Date = described("First day simulated", "シミュレーション初日")
    clock: Date | None = described(
        "Day from which survival is counted; left out = first day in force of the first control",
        "存続日数の起算日。省略時は最初の規制の施行日",
        None,
    )
    horizon: Days = described("Length simulated", "シミュレーション期間")
    economy: Countries | None = described(
        "Economies whose end users the answer is about; left out = all", "答えの対象国。省略時は全て", None
    )
    reasons: tuple[Reason, ...] = described("Stated reasons of the authorities", "当局が示した理由", ())
    controls: tuple[AnyControl, ...] = described("Controls", "規制", ())
    disruptions: tuple[Disruption, ...] = described(
        "Losses of capacity or know-how that are no controls", "規制以外による能力・知見の喪失", ()
    )
    reserves: tuple[Reserve, ...] = described("National reserves", "国家備蓄", ())
    measures: tuple[AnyEffect, ...] = described(
        "Effects of a plan, besides reserves", "計画の効果（国家備蓄を除く）", ()
    )
    precaution: Precaution | None = described(
        "How buyers of controlled goods stock up; left out = not at all",
        "規制品の買い手による在庫の積み増し。省略時は積み増さない",
        None,
    )
    changes: tuple[Change, ...] = described("Differences of the chain", "チェーンの差分", ())
    observed: tuple[Observed, ...] = described("Figures of history", "実績値", ())
    contrast: str | None = described(
        "Scenario run beside this one and held against the same history",
        "並べて実行し同じ実績と比べるシナリオ",
        None,
    )
    demand: Factor = described(
        "What is asked of the chain relative to the chain's year",
        "チェーンの対象年に対する需要の倍率",
        Range(1, 1, 1, "1"),
    )
    demand_of: dict[str, Factor] | None = described(
        "The same for single products of the chain, on top of demand: product key and factor",
        "製品別の需要の倍率（製品のキーと倍率）。demand にさらに乗じる",
        None,
    )
    demand_path: tuple[DemandStep, ...] = described(
        "Dated steps of what is asked, on top of both", "需要の日付ごとの段階（上の二つにさらに乗じる）", ()
    )
    feedback: Literal["price", "none"] = described(
        "Whether buyers use less as the price rises", "価格上昇に応じて利用者が使用量を減らすか", "price"
    )
    react: Days = described(
        "Days from the first day in force until buyers begin to qualify alternatives",
        "施行から代替先の認定を始めるまでの日数",
        Range(14, 30, 60, "d"),
    )
    adjust: ClosingDays = described(
        "Days in which buyers close a gap to their target stock",
        "目標在庫との差を埋めるまでの日数",
        Range(20, 30, 60, "d"),
    )
    surge: Factor = described(
        "How much more than usual a supplier lets one buyer order: others stand in line too",
        "供給元が一つの買い手に許す平常比の追加注文（他の買い手も並ぶため）",
        Range(0.1, 0.25, 0.5, "1"),
    )
    stay: Share = described(
        "Share of what an alternative supplier came to deliver that stays with it when usual suppliers"
        " return",
        "代替先が担うようになった量のうち、従来の供給元が戻った後も残る割合",
        Range(0, 0, 0, "1"),
    )
    short_below: Share = described(
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
        return self.first_control or self.start

    @property
    def first_control(self) -> dt.date | None:
        """First day on which any control has an effect; ``None`` without one."""
        days = [day for control in self.controls if (day := control.first_day()) is not None]
        return min(days, default=None)

    @property
    def struck(self) -> dt.date | None:
        """First day on which a control has an effect or a node is disrupted; ``None`` without either."""
        days = [event.start for event in self.disruptions]
        control = self.first_control
        return min(days if control is None else [control, *days], default=None)

    def control(self, id: str) -> Control:
        """One control by its id."""
        return next(control for control in self.controls if control.id == id)

    def plain(self) -> dict[str, Any]:
        """The scenario as JSON-ready values, in canonical units."""
        unplanned = None if self.measures else {"measures"}  # nothing is said where there is no plan
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_none=True, exclude=unplanned)
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
