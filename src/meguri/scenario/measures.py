"""What a plan does to a chain: one model for each kind of effect, dated and ranged like the controls.

A national reserve is no entry of its own here: scenarios have ``reserves``. Every effect is linear in
its amount, so that a plan found by the optimiser can be written down, read and run again.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meguri.scenario.fields import (
    AnyCountries,
    Authority,
    Date,
    Days,
    Evidence,
    Names,
    Range,
    Rate,
    Share,
    described,
)

_KIND = ("Kind of effect", "効果の種類")
_NO_DAYS = Range(0, 0, 0, "d")


class Effect(Evidence):
    """What every effect of a plan has: which measure brings it, and from when on it works."""

    id: str = described("Name by which other effects and notes refer to it", "他の効果や注記で参照する名前")
    measure: str = described("Measure of the library that brings it", "この効果をもたらす対策のキー", "")
    start: Date = described("First day on which it works", "効き始める初日")
    late: Days = described("Days by which it may begin later than that", "効き始めが遅れうる日数", _NO_DAYS)
    life: Days | None = described(
        "Days from its first day after which it has expired; left out = it does not expire",
        "初日から失効までの日数。省略時は失効しない",
        None,
    )


class _AtNodes(Effect):
    """An effect inside nodes, named one by one or as all of a country."""

    nodes: Names = described("Nodes of the chain", "チェーンの拠点", ())
    country: AnyCountries = described(
        "Countries all of whose nodes are meant, instead of or besides nodes",
        "対象国（その国の全拠点。nodes の代わり、または追加）",
        (),
    )

    @model_validator(mode="after")
    def _is_somewhere(self) -> _AtNodes:
        if not self.nodes and not self.country:
            raise PydanticCustomError("measure_where", "nodes or country")
        return self


class Stock(_AtNodes):
    """More days of use held; only what is there when the control begins counts."""

    kind: Literal["stock"] = described(*_KIND)
    input: str = described("Product held, its key in the chain", "備蓄する製品のキー")
    amount: Days = described("Days of use held beyond the usual", "通常を超えて持つ使用日数")
    ramp: Days = described(
        "Days in which it is filled, evenly from the first day on", "初日から均等に積み上げる日数", _NO_DAYS
    )


class Supply(_AtNodes):
    """A supplier that is not used in ordinary times; its users turn to it when usual ones fail."""

    kind: Literal["supply"] = described(*_KIND)
    product: str = described("Product delivered, its key in the chain", "納める製品のキー")
    amount: Rate = described("Most that can be delivered", "供給できる上限")
    origin: Authority | None = described(
        "Country it is shipped from; left out = that of each user", "出荷国。省略時は各利用者の国", None
    )
    supplier: str | None = described(
        "Node of the chain that delivers it; left out = a new supplier, named by the id",
        "納入する既存の拠点。省略時は id を名前とする新たな供給元",
        None,
    )
    qualification: Days | None = described(
        "Days its users need to qualify it once they react; left out = qualified by the first day",
        "利用者が対応を始めてからの認定日数。省略時は初日までに認定済み",
        None,
    )
    lead: Days = described("Days from shipment to arrival", "出荷から到着までの日数", Range(1, 1, 1, "d"))
    ramp: Days = described(
        "Time constant in which the usable share rises from the first yield",
        "使用可能割合が初期歩留まりから高まる時定数",
        _NO_DAYS,
    )
    first_yield: Share = described("Usable share on the first day", "初日の使用可能割合", Range(1, 1, 1, "1"))


class Qualify(Effect):
    """A supplier that is not yet qualified becomes so before buyers would see to it."""

    kind: Literal["qualify"] = described(*_KIND)
    supplier: str = described(
        "Node that supplies, or the id of a supply of this plan",
        "供給元の拠点、またはこの計画の supply の id",
    )
    nodes: Names = described("Customers that qualify it; left out = all", "認定する納入先。省略時は全て", ())


class Saving(_AtNodes):
    """Less of an input is needed for the same output: thrift, substitution, redesign."""

    kind: Literal["saving"] = described(*_KIND)
    input: str = described("Product needed less, its key in the chain", "節約する製品のキー")
    amount: Share = described("Share of the need that is saved", "節約される必要量の割合")
    ramp: Days = described(
        "Time constant in which the saving comes about", "節約が実現していく時定数", _NO_DAYS
    )


class Capacity(_AtNodes):
    """More capacity at nodes."""

    kind: Literal["capacity"] = described(*_KIND)
    amount: Rate = described("Output per year that each node can make more", "各拠点で増える年間産出能力")
    ramp: Days = described("Time constant in which it comes on stream", "立ち上がりの時定数", _NO_DAYS)


class Knowledge(_AtNodes):
    """Know-how that is kept: part of what a disruption would take is not lost."""

    kind: Literal["knowledge"] = described(*_KIND)
    amount: Share = described(
        "Share of lost capacity and lost yield that is avoided", "失われる能力・歩留まりのうち回避される割合"
    )


AnyEffect = Annotated[Stock | Supply | Qualify | Saving | Capacity | Knowledge, Field(discriminator="kind")]
