"""Backtest cases: what is fixed from before an event, what is predicted, and how it is scored.

A case is a YAML file in ``data/backtest``. It is strict: an unknown key, a scored period that was
known before the event or a reference to a series that does not exist is a named problem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from meguri.base.errors import Problem, ScenarioError
from meguri.base.files import read_text
from meguri.base.terms import packaged, suggest
from meguri.scenario.fields import Countries, Date, Elements, Factor, Strict, Words

MAX_CASE_BYTES = 1 << 20
_PERIOD = re.compile(r"^\d{4}(-(0[1-9]|1[0-2]))?(/\d{4}-(0[1-9]|1[0-2]))?$")


def months_of(period: str) -> tuple[str, ...]:
    """Months of a period: a year, a month, or first/last month.

    Examples
    --------
    >>> months_of("2010-11/2011-01")
    ('2010-11', '2010-12', '2011-01')
    >>> len(months_of("2010"))
    12
    """
    first, _, last = period.partition("/")
    if len(first) == 4:
        first, last = f"{first}-01", last or f"{first}-12"
    last = last or first
    (year, month), (last_year, last_month) = ((int(text[:4]), int(text[5:7])) for text in (first, last))
    count = (last_year - year) * 12 + last_month - month + 1
    return tuple(f"{year + (month - 1 + i) // 12}-{(month - 1 + i) % 12 + 1:02d}" for i in range(count))


def _period(value: Any) -> str:
    text = str(value)
    if not _PERIOD.match(text) or not months_of(text):
        raise PydanticCustomError("period", "a year, a month or first/last month")
    return text


Period = Annotated[str, BeforeValidator(_period)]


class FromTrade(Strict):
    """Observed: packaged BACI by year."""

    kind: Literal["trade"]
    codes: tuple[str, ...]
    importer: Countries | None = None
    exporter: Countries | None = None
    measure: Literal["quantity", "value", "unit_value", "share"] = "quantity"
    of: Countries | None = None  # share: origins in the numerator


class FromFacts(Strict):
    """Observed: rows of the packaged ``facts/backtest_series.csv`` under this case and series."""

    kind: Literal["facts"]


class FromRaw(Strict):
    """Observed: a table under MEGURI_DATA; unknown where it is absent."""

    kind: Literal["raw"]
    file: str
    where: dict[str, tuple[str, ...]]
    year: str
    month: str | None = None
    value: str
    over: dict[str, tuple[str, ...]] | None = None  # share: the rows of the denominator
    factor: float = 1.0
    source: str


class FromQuotes(Strict):
    """Observed: packaged price quotes; the median of those of a period, of one place and unit.

    A quote of the end of a year stands for December, an average of a year for the year.
    """

    kind: Literal["quotes"]
    element: str
    form: str
    place: tuple[str, ...] = ("international",)
    quotes: tuple[str, ...] = ()  # kinds of quotes; left out = all


class Arrivals(Strict):
    """Predicted: tonnes that cross a border, relative to a run without event, times the anchor.

    Customs of the importer count an arrival, customs of the exporter a departure.
    """

    kind: Literal["arrivals"]
    hs: tuple[str, ...] = ()  # HS codes of the chain's products
    materials: tuple[str, ...] = ()  # or the products themselves
    by: Countries | None = None  # suppliers' countries; left out = all but the customers' own
    to: Countries | None = None  # customers' countries
    counted_at: Literal["arrival", "departure"] = "arrival"  # imports or exports


class Output(Strict):
    """Predicted: output of nodes, or their use of an input, relative to a run without event."""

    kind: Literal["output"]
    countries: Countries | None = None
    stages: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()  # what the nodes make
    inputs: tuple[str, ...] = ()  # what they use: output is then weighted by need


class Price(Strict):
    """Predicted: price relative to the month before the event, times the anchor."""

    kind: Literal["price"]
    element: Elements
    form: str
    by: str
    place: Literal["outside", "inside"] = "outside"
    statistic: Literal["mean", "max"] = "mean"


class Cross(Strict):
    """Predicted: a price from the numbers fitted on *another* price of the same episode, times the anchor.

    Contracts (``contract``) follow spot quotes with a lag, as import unit values do.
    """

    kind: Literal["cross"]
    fitted_on: str
    pair: tuple[str, str]  # how far the two went apart before widens the band
    episode: str
    base: Period  # month of which every ratio is one
    contract: bool = False
    lift: float = 1.0  # quoted price of the base month over the period of the anchor


class Sum(Strict):
    """Predicted: other series of the case added up."""

    kind: Literal["sum"]
    series: tuple[str, ...]


class ShareOf(Strict):
    """Predicted: some series of the case over others."""

    kind: Literal["share"]
    of: tuple[str, ...]
    over: tuple[str, ...]


class Stops(Strict):
    """Predicted: share of runs in which a node falls short before the end of the period."""

    kind: Literal["stops"]
    countries: Countries | None = None
    stages: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


Observation = Annotated[FromTrade | FromFacts | FromRaw | FromQuotes, Field(discriminator="kind")]
Prediction = Annotated[Arrivals | Output | Price | Cross | Sum | ShareOf | Stops, Field(discriminator="kind")]
What = Literal["imports", "exports", "share", "unit_value", "price", "demand", "output", "stops"]
LEVELS = ("share", "unit_value", "price", "stops")  # do not grow with the length of a period


class Series(Strict):
    """One series: what is counted, where it is observed, how it is predicted, which periods count."""

    id: str
    label: Words
    group: str
    what: What
    item: str = ""
    economy: str = ""
    partner: str = ""
    unit: str
    basis: str = ""
    study: str = "main"
    observed: Observation
    predicted: Prediction
    anchor: Factor | None = None  # value before (flows: by year) where none was observed
    before: tuple[Period, ...] = ()
    scored: tuple[Period, ...]
    explained: Words | None = None  # written after the run: why it missed; not part of the hash


class RunOf(Strict):
    """One study of the case: a scenario of the gallery and what the case changes in it."""

    scenario: str
    chain: str | None = None
    differences: dict[str, Any] = Field(default_factory=dict)
    differences_note: Words | None = None


class Group(Strict):
    """Series scored together, and what they must do to be a hit."""

    label: Words
    bar: Literal["beats-baselines", "not-worse-than-no-change", "within-1.5", "right-side", "printed-only"]


class CommonParameter(Strict):
    """A number that all cases share, and where it comes from."""

    parameter: str
    comes_from: Words
    source: str


class Case(Strict):
    """One backtest case.

    Examples
    --------
    >>> read_case("2010-rare-earths").known_until.isoformat()
    '2009-12-31'
    """

    name: str
    label: Words
    episode: str | None = None  # what happened, where several cases judge the same; left out = the case
    known_until: Date
    fixed: tuple[Words, ...]
    predicted: tuple[Words, ...]
    cannot: tuple[Words, ...] = ()  # what the case cannot judge
    common: tuple[CommonParameter, ...] = ()
    studies: dict[str, RunOf] = Field(default_factory=dict)
    groups: dict[str, Group]
    series: tuple[Series, ...]
    missing: Words | None = None  # what is missing in the model; written after the run

    @field_validator("series")
    @classmethod
    def _listed(cls, value: tuple[Series, ...]) -> tuple[Series, ...]:
        ids = [series.id for series in value]
        for series in value:
            parts = _parts(series.predicted)
            if ids.count(series.id) > 1 or not set(parts) <= set(ids):
                raise PydanticCustomError("series_ids", "each series once, and parts that exist")
        return value

    def one(self, id: str) -> Series:
        """One series by its id."""
        return next(series for series in self.series if series.id == id)


def _parts(predicted: Any) -> tuple[str, ...]:
    if isinstance(predicted, Sum):
        return predicted.series
    return (*predicted.of, *predicted.over) if isinstance(predicted, ShareOf) else ()


def case_names() -> list[str]:
    """Names of the packaged cases.

    Examples
    --------
    >>> "2010-rare-earths" in case_names()
    True
    """
    files = (item.name for item in packaged("backtest").iterdir())
    return sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml"))


def read_case(name: str | Path) -> Case:
    """A packaged case by name, or a YAML file by path.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    text, file = _text(str(name))
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(Problem("yaml", file, type(error).__name__, file)) from None
    if not isinstance(content, Mapping):
        raise ScenarioError(Problem("scenario_mapping", file, type(content).__name__, file))
    try:
        case = Case.model_validate(dict(content))
    except ValidationError as error:
        raise ScenarioError([_problem(item, file) for item in error.errors()], file) from None
    found = _problems(case, file)
    if found:
        raise ScenarioError(found, file)
    return case


def _text(name: str) -> tuple[str, str]:
    if name.endswith((".yaml", ".yml")):
        return read_text(Path(name), MAX_CASE_BYTES), name
    if name not in case_names():
        near = suggest(name, case_names()) or ", ".join(case_names())
        raise ScenarioError(Problem("case_unknown", "cases", name, "", {"near": near}))
    file = f"{name}.yaml"
    return packaged("backtest", file).read_text(encoding="utf-8"), file


def _problem(error: Any, file: str) -> Problem:
    place = ".".join(str(part) for part in error["loc"]) or "case"
    value = error.get("input")
    found = "" if isinstance(value, Mapping | list | tuple) else str(value)[:80]
    if error["type"] == "missing":
        return Problem("scenario_missing", place, "", file)
    if error["type"] == "extra_forbidden":
        return Problem("scenario_extra", place, str(error["loc"][-1]), file, {"near": "docs: backtests"})
    return Problem("scenario_value", place, found, file, {"reason": str(error["msg"])})


def _needs_none(series: Series) -> bool:
    """Whether a series is predicted without a run of the model."""
    return isinstance(series.predicted, Cross | Sum | ShareOf)


def _problems(case: Case, file: str) -> list[Problem]:
    """What the schema alone cannot see: a scored period that was known, a group or study not listed."""
    found, last = [], case.known_until.isoformat()[:7]
    for place, series in enumerate(case.series):
        for key, name, known in (
            ("study", series.study, [*case.studies, "main"] if _needs_none(series) else list(case.studies)),
            ("group", series.group, list(case.groups)),
        ):
            if name not in known:
                details = {"near": suggest(name, known) or ", ".join(known)}
                found.append(Problem("case_part", f"series.{place}.{key}", name, file, details))
        late = [period for period in series.before if months_of(period)[-1] > last]
        early = [period for period in series.scored if months_of(period)[0] <= last]
        for key, periods in (("before", late), ("scored", early)):
            found += [
                Problem("case_phase", f"series.{place}.{key}", period, file, {"last": last})
                for period in periods
            ]
    return found
