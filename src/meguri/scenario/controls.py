"""The instruments an authority may use: one model for each kind of control."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meguri.scenario.fields import (
    AnyCountries,
    Authority,
    Countries,
    Date,
    Days,
    Elements,
    Evidence,
    Factor,
    Forms,
    Names,
    Part,
    Price,
    Range,
    ReviewDays,
    Share,
    Strict,
    Tonnes,
    described,
)

_NONE = Range(0, 0, 0, "1")
_KIND = ("Kind of control", "規制の種類")
_DELAY = ("Delay of those shipments", "その出荷の遅れ")
_USES = (
    "End uses: what the customer makes (product) or its stage",
    "最終用途（納入先が作る製品または工程段階）",
)


class Suspension(Strict):
    """Days on which a control rests."""

    start: Date = described("First day on which the control rests", "停止の初日")
    end: Date | None = described(
        "Last day on which it rests; left out or null = unknown, taken as until the end of the run",
        "停止の最終日。省略または null は不明を表し、期間末まで停止とみなす",
        None,
    )


class Threshold(Strict):
    """A specification from which goods are controlled."""

    property: str = described("Property, as in the chain's table specs", "チェーンの specs 表にある性能項目")
    above: float | None = described("Controlled at this value or above", "この値以上を規制", None)
    below: float | None = described("Controlled at this value or below", "この値以下を規制", None)
    unit: str = described("Unit, the same as in specs", "単位（specs と同じもの）")

    @model_validator(mode="after")
    def _has_a_side(self) -> Threshold:
        if self.above is None and self.below is None:
            raise PydanticCustomError("threshold_side", "above or below")
        return self

    def catches(self, value: float) -> bool:
        """Whether a value lies on the controlled side, the bounds included.

        Examples
        --------
        >>> Threshold(property="overlay", below=2.4, unit="nm").catches(2.4)
        True
        """
        low = self.above is None or value >= self.above
        return low and (self.below is None or value <= self.below)


class Control(Evidence):
    """What every control has: who controls what, in which form, to whom, when."""

    id: str = described("Name by which differences and notes refer to it", "差分や注記で参照する名前")
    by: Authority = described("Authority: two-letter country code or name", "規制当局の国コードまたは国名")
    element: Elements = described("Elements named, together with form", "対象元素（form と併せて指定）", ())
    form: Forms = described(
        "Forms named (oxide, metal, alloy, magnet …), together with element",
        "対象形態（酸化物、金属、合金、磁石など。element と併せて指定）",
        (),
    )
    goods: Names = described(
        "Goods named by their keys in the chain, instead of or besides element and form",
        "チェーンの品目キーによる対象品目。element と form の代わり、または追加",
        (),
    )
    threshold: Threshold | None = described(
        "Only goods whose specification lies on this side", "性能がこの範囲にある品目に限る", None
    )
    to: Countries | None = described("Destinations; left out = all abroad", "仕向地。省略時は全外国", None)
    entities: Names = described(
        "Firms or nodes named; only deliveries to them or to firms they own",
        "名指しされた企業・拠点。これらとその保有企業向けの出荷に限る",
        (),
    )
    owned_from: Part = described(
        "Share held by named firms together from which a firm counts as theirs",
        "名指し企業の合計保有比率がこれ以上の企業を対象に含める",
        0.5,
    )
    uses: Names = described(*_USES, ())
    general_to: AnyCountries = described("Destinations under a general licence", "包括許可の仕向地", ())
    general_holders: Names = described(
        "Suppliers or customers (firm or node) that hold a general licence",
        "包括許可を持つ供給元・納入先（企業または拠点）",
        (),
    )
    third_countries: bool = described(
        "Whether goods that contain the item are also controlled when other countries ship them on",
        "対象品を含む品目が第三国から出荷される場合も規制するか",
        False,
    )
    de_minimis: Part | None = described(
        "The control follows the item inside goods made from it above this share of their mass",
        "対象品を質量比でこの割合を超えて含む品目にも規制が及ぶ",
        None,
    )
    leakage: Share = described(
        "Share of usual shipments that passes beside the control (other codes, smuggling)",
        "規制の外で通る出荷の割合（別の品目分類、密輸など）",
        _NONE,
    )
    announced: Date | None = described(
        "Day on which it became known, before it is in force", "施行に先立つ公表日", None
    )
    start: Date = described("First day in force", "施行日")
    end: Date | None = described("Last day in force; left out = open", "終了日。省略時は継続", None)
    suspended: tuple[Suspension, ...] = described("Days on which it rests", "効力が停止される期間", ())
    answers: str | None = described(
        "Control of the other side that it counters", "対抗元となる相手国の規制の id", None
    )

    @model_validator(mode="after")
    def _says_what_it_names(self) -> Control:
        if bool(self.element) != bool(self.form) or not (self.element or self.goods):
            raise PydanticCustomError("control_goods", "element and form, or goods")
        if self.announced is not None and self.announced > self.start:
            raise PydanticCustomError("announced_late", "{start}", {"start": str(self.start)})
        return self

    def first_day(self) -> dt.date | None:
        """First day on which it has any effect; ``None`` when it rests from before until its end."""
        day = self.start
        for rest in sorted(self.suspended, key=lambda rest: rest.start):
            if rest.start <= day and (rest.end is None or day <= rest.end):
                if rest.end is None:
                    return None
                day = rest.end + dt.timedelta(days=1)
        return day if self.end is None or day <= self.end else None


class Ban(Control):
    """Nothing named may leave."""

    kind: Literal["ban"] = described(*_KIND)


class Licence(Control):
    """Each shipment waits for a licence; the authority has a clock of its own."""

    kind: Literal["licence"] = described(*_KIND)
    paperwork: Days = described("Preparing and filing an application", "申請準備・提出の日数")
    review: ReviewDays = described(
        "Statutory review, in working days or days", "法定審査期間（営業日または日）"
    )
    customs_test: Days = described("Test at customs after approval", "許可後の税関検査の日数")
    province: ReviewDays = described(
        "Step at a provincial office before the review", "審査に先立つ地方当局での日数", Range(0, 0, 0, "d")
    )
    clock_stop: Days = described(
        "Days on which the authority stops its clock", "審査期間が中断される日数", Range(0, 0, 0, "d")
    )
    validity: Days | None = described(
        "Days a licence holds, the next being filed only when it ends; left out = renewed in time",
        "許可の有効日数（失効後に次を申請）。省略時は失効前に更新",
        None,
    )
    spread: Share = described(
        "How much longer the slowest applications take, as a share of the delay",
        "最も遅い申請が余計に要する時間（遅延に対する割合）",
        _NONE,
    )
    approval: Share = described("Share approved per round of application", "申請1回あたりの許可割合")
    rounds: int = Field(
        3,
        ge=1,
        le=12,
        description="Times a refused application is filed, the first included",
        json_schema_extra={"description_ja": "不許可後の再申請を含む申請回数"},
    )


class QuotaPeriod(Evidence):
    """One allotment: an amount for a period."""

    start: Date = described("First day", "初日")
    end: Date = described("Last day", "最終日")
    amount: Tonnes = described("Amount allotted", "割当量")
    holder: str = described("Who holds it; unknown is a value", "保有者。不明は「unknown」", "exporters")
    counts: Share = described(
        "Share of the amount that may really be shipped", "実際に出荷できる割合", Range(1, 1, 1, "1")
    )


class Quota(Control):
    """A cap for each period; soft when goods pass beside it."""

    kind: Literal["quota"] = described(*_KIND)
    periods: tuple[QuotaPeriod, ...] = described("Allotments", "割当")
    front_loading: Factor = described(
        "How much faster than evenly the quota may be used up (0 = evenly)",
        "枠を均等より速く使う度合い（0＝均等）",
        _NONE,
    )
    carry_over: Share = described(
        "Share of an unused allotment that passes into the next period",
        "未使用枠のうち次期に繰り越せる割合",
        _NONE,
    )


class Tax(Control):
    """A duty on exports: a wedge between the prices inside and outside."""

    kind: Literal["tax"] = described(*_KIND)
    rate: Factor = described("Rate on value", "従価税率")


class Slowdown(Control):
    """Customs works slowly: a share of shipments is held and cleared after the end."""

    kind: Literal["customs-slowdown"] = described(*_KIND)
    held: Share = described("Share of shipments held", "留め置かれる割合")
    clearance: Days = described(
        "Days to clear what was held", "滞留分の通関に要する日数", Range(10, 10, 10, "d")
    )

    @model_validator(mode="after")
    def _needs_an_end(self) -> Slowdown:
        if self.end is None:
            raise PydanticCustomError("slowdown_end", "an end")
        return self


class OverCompliance(Control):
    """Neighbouring goods without a listed element are delayed too (spill-over)."""

    kind: Literal["over-compliance"] = described(*_KIND)
    share: Share = described("Share of shipments delayed", "遅れる出荷の割合")
    delay: Days = described(*_DELAY)
    lasts: Days = described("How long traders and customs stay over-cautious", "過剰な自粛が続く期間")


class Refusal(Control):
    """What a ban on some customers has: a share that is licensed nonetheless."""

    approval: Share = described(
        "Share of usual shipments licensed nonetheless", "それでも許可される出荷の割合", _NONE
    )


class EntityList(Refusal):
    """Nothing named may go to listed firms, save what is licensed."""

    kind: Literal["entity-list"] = described(*_KIND)
    entities: Annotated[Names, Field(min_length=1)] = described(
        "Firms or nodes listed, and firms they own", "掲載された企業・拠点（その保有企業を含む）"
    )


class EndUseBan(Refusal):
    """Nothing named may go to an end use, save what is licensed."""

    kind: Literal["end-use-ban"] = described(*_KIND)
    uses: Annotated[Names, Field(min_length=1)] = described(*_USES)


class ServiceCut(Control):
    """Service, parts or software for installed tools stop: after a grace time their users lose capacity."""

    kind: Literal["service-cut"] = described(*_KIND)
    grace: Days = described("Days until the first tools fail", "能力が落ち始めるまでの日数")
    fade: Days = described(
        "Time constant in which the capacity of the tools then falls", "その後の能力低下の時定数"
    )
    floor: Share = described(
        "Share of their capacity that users keep alive themselves", "利用者が自力で維持できる能力の割合"
    )
    repair: Days = described(
        "Time constant in which capacity returns after the cut",
        "規制終了後に能力が戻る時定数",
        Range(30, 60, 90, "d"),
    )


class CatchAll(Control):
    """Unlisted goods: a share of shipments is called in for review, part of it refused."""

    kind: Literal["catch-all"] = described(*_KIND)
    reviewed: Share = described("Share of shipments called in", "審査に付される出荷の割合")
    delay: Days = described(*_DELAY)
    refused: Share = described(
        "Share refused of those called in", "審査に付された出荷のうち不許可となる割合", _NONE
    )


class MinimumPrice(Control):
    """Nothing named may leave below a price."""

    kind: Literal["minimum-price"] = described(*_KIND)
    price: Price = described(
        "Lowest price allowed, per kg of the element or good", "許される最低価格（元素または品目1 kgあたり）"
    )


AnyControl = Annotated[
    Ban
    | Licence
    | Quota
    | Tax
    | Slowdown
    | OverCompliance
    | EntityList
    | EndUseBan
    | ServiceCut
    | CatchAll
    | MinimumPrice,
    Field(discriminator="kind"),
]
