"""A claim as data: who says it, cause and effect with their dates, what speaks for and against it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from meguri.base.errors import DataError
from meguri.observe.dated import read_interval
from meguri.observe.interval import Interval
from meguri.scenario.fields import AnyCountries, Date, Elements, Strict, Words, described

Kind = Literal["cause", "motive", "occurrence", "order", "forecast", "norm"]
Way = Literal["fall", "rise"]


def _written(value: Any) -> Interval:
    if isinstance(value, Interval):
        return value
    try:
        found = read_interval(str(value))
    except DataError as error:
        raise PydanticCustomError("claim_date", "{key}", {"key": error.problems[0].key}) from None
    if not found.known:
        raise PydanticCustomError("claim_date", "{key}", {"key": "chronicle_date_form"})
    return found


def _lag(value: Any) -> tuple[int, int]:
    parts = value if isinstance(value, list | tuple) else [value, value]
    if len(parts) != 2 or not all(type(part) is int for part in parts) or not 0 <= parts[0] <= parts[1] <= 60:
        raise PydanticCustomError("claim_lag", "lag")
    return parts[0], parts[1]


def _months(value: Any) -> tuple[str, str]:
    parts = [str(part) for part in value] if isinstance(value, list | tuple) else []
    fine = all(re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", part) for part in parts)
    if len(parts) != 2 or not fine or not parts[0] < parts[1]:
        raise PydanticCustomError("claim_window", "window")
    return parts[0], parts[1]


Lag = Annotated[tuple[int, int], BeforeValidator(_lag)]
Window = Annotated[tuple[str, str], BeforeValidator(_months)]
When = Annotated[
    Interval,
    BeforeValidator(_written, json_schema_input_type=str),
    PlainSerializer(lambda value: value.written(), return_type=str),
]


class Dated(Strict):
    """One reading of a date, and who gives it."""

    date: When = described("Date or interval in any written form", "日付または期間")
    source: str = described(
        "Key of sources.csv, of the file's own sources, or an address", "出典のキーまたはURL"
    )
    document: str = described("Document it was read from", "読み取った文書", "")
    line: int | None = described("Line of the document", "文書の行番号", None)


class Occurrence(Strict):
    """Something that is said to have happened: cause or effect."""

    label: Words = described("What happened", "起きたとされること")
    event: str = described("Event of the chronicle that records it", "年表の出来事", "")
    also: tuple[str, ...] = described(
        "Other records of the same happening; where their dates differ each is a reading",
        "同じ出来事の別の記録（日付が違えばそれぞれを一つの読みとする）",
        (),
    )
    date: When | None = described("Date, where no event gives one", "日付（年表の出来事がない場合）", None)
    source: str = described("Source of that date", "日付の出典", "")
    dates: tuple[Dated, ...] = described("Dates that sources give differently", "出典により異なる日付", ())
    undated: Words | None = described("Why no date is given", "日付がない理由", None)

    @property
    def events(self) -> tuple[str, ...]:
        """Every record of this happening in the chronicle."""
        return tuple(dict.fromkeys(name for name in (self.event, *self.also) if name))


class Alternative(Strict):
    """What else may have caused the effect: an event, another claim's cause, or words with a date."""

    event: str = described("Event of the chronicle", "年表の出来事", "")
    claim: str = described("Claim whose cause is meant", "原因を借りる主張", "")
    label: Words | None = described("What happened, where no record is named", "起きたこと", None)
    date: When | None = described("Its date", "日付", None)
    source: str = described("Its source", "出典", "")


class SeriesAsk(Strict):
    """A series that must move if the claim holds."""

    series: str = described("Id of the series", "系列の ID")
    direction: Way = described("Way it must move", "動くはずの向き")
    role: Literal["test", "placebo", "detour"] = described(
        "test: must move; placebo: must not; detour: third countries that may have stepped in",
        "test：動くはず、placebo：動かないはず、detour：代わりに増えうる第三国",
        "test",
    )
    lasts: Literal["any", "stop"] = described(
        "any: a new level or a stop; stop: some months only, no level is looked for",
        "any：水準の変化または一時停止、stop：一時停止のみ（水準の変化は探さない）",
        "any",
    )
    window: Window | None = described(
        "Months in which breaks are looked for; five years before to two after when left out",
        "変化点を探す期間（省略時は5年前から2年後まで）",
        None,
    )
    of: str = described("detour: the series that fell", "detour：減少した系列", "")
    lag: Lag = described("Months after the date in which it must move", "日付から何か月後に動くか", (0, 2))


class Said(Strict):
    """A piece of evidence for or against, with its source."""

    side: Literal["for", "against", "context"] = described("Which side it is on", "どちらの根拠か")
    text: Words = described("What it says", "内容")
    source: str = described("Its source", "出典")
    date: str = described("When it was said or measured", "時点", "")
    document: str = described("Document", "文書", "")
    line: int | None = described("Line", "行", None)


class Passage(Strict):
    """A passage that says something else, of the same author or another."""

    document: str = described("Document", "文書")
    line: int = described("Line", "行")
    text: Words = described("What it says", "内容")


class Decider(Strict):
    """Data that would decide what is open."""

    text: Words = described("Which data", "どのデータか")
    series: str = described("Series they belong to", "系列", "")
    since: str = described("First period", "最初の期間", "")
    until: str = described("Last period", "最後の期間", "")


class Searches(Strict):
    """How often a record was looked for where none was found."""

    count: int = Field(
        ge=1, description="Number of searches", json_schema_extra={"description_ja": "検索の回数"}
    )
    made: Date = described("Date of the searches", "検索日")
    where: Words = described("What was searched", "検索した先と語")


class Claim(Strict):
    """One claim: cause → effect, as its author puts it.

    ``kind`` says what is asserted: ``cause`` (one brought about the other), ``motive`` (why somebody
    acted), ``occurrence`` (it happened, then), ``order`` (one came before the other), ``forecast``
    (it comes no later than a date, which stands as ``effect``) or ``norm`` (what ought to be done).
    """

    id: str = described("Id", "ID")
    text: Words = described("The claim in one sentence", "主張（一文）")
    who: str = described("Who makes it; the test never reads it", "主張者（判定には使わない）")
    kind: Kind = described("What is asserted", "主張の種類", "cause")
    source: str = described("Where it was read", "出典")
    document: str = described("Document", "文書", "")
    line: int | None = described("Line", "行", None)
    cause: Occurrence | None = described("The alleged cause", "原因とされること", None)
    through: tuple[Occurrence, ...] = described("Steps between, in their order", "途中の段階（順に）", ())
    effect: Occurrence = described("The alleged effect", "結果とされること")
    elements: Elements = described("Elements it is about", "対象元素", ())
    parties: AnyCountries = described("Economies it is about", "対象の国・地域", ())
    alternatives: tuple[Alternative, ...] = described(
        "What else may be the cause", "ほかに考えられる原因", ()
    )
    rivals: tuple[str, ...] = described("Claims that say otherwise", "対立する主張", ())
    part_of: str = described("Claim this one is a part of", "上位の主張", "")
    series: tuple[SeriesAsk, ...] = described("Series that must move", "動くはずの系列", ())
    evidence: tuple[Said, ...] = described("For and against", "賛否の根拠", ())
    contradictions: tuple[Passage, ...] = described("Passages that say otherwise", "食い違う記述", ())
    would_decide: tuple[Decider, ...] = described("What would decide it", "決め手となるデータ", ())
    searches: Searches | None = described("Searches without a find", "見つからなかった検索", None)
    flags: tuple[str, ...] = described("Flags", "注意", ())

    @property
    def text_en(self) -> str:
        """The claim in English."""
        return self.text.en

    @property
    def text_ja(self) -> str:
        """The claim in Japanese."""
        return self.text.ja
