"""Notes of the answer: its conventions, its doubts, and why a plan is not confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meguri.base.note import note
from meguri.base.terms import LANGS
from meguri.respond.confirm import DAYS, PART, SHARE
from meguri.respond.costs import Rates
from meguri.respond.tables import Scene
from meguri.respond.words import listed

Row = dict[str, str]


def conventions(scene: Scene, basis: str, ends: int) -> Iterator[Row]:
    """How to read the answer."""
    asked = scene.asked
    yield note("axes", "info", "respond_axes")
    yield note("held", "info", "respond_held", held=f"{scene.held_by:.0%}", horizon=asked.horizon)
    years = ", ".join(f"{strike.years:g}" for strike in asked.strikes)
    yield note("strikes", "doubt", "respond_strikes", strikes=years)
    yield note("budget", "info", "respond_budget")
    tolerance = {"days": f"{DAYS:g}", "part": f"{PART:.0%}", "share": f"{SHARE:g}"}
    yield note("foresight", "info", "respond_foresight", **tolerance)
    after = f"{asked.after:g}"
    if basis == "value":
        yield note("weights", "info", "respond_weights_value", after=after)
    else:
        yield note("weights", "info", "respond_weights_equal", after=after, n=ends)


def library_notes(scene: Scene) -> Iterator[Row]:
    """What the library could not give: unknown effects, measures left out, the rate of exchange."""
    library = scene.library
    unknown = library.measures.loc[library.measures["scope"] == "unknown", "measure"].tolist()
    if unknown:
        texts = listed(library, unknown)
        yield note("unknown-effects", "doubt", "respond_unknown", en={"measures": texts["en"]},
                   ja={"measures": texts["ja"]})  # fmt: skip
    if len(library.left_out):
        yield note("left-out", "doubt", "respond_left_out", measures=", ".join(library.left_out["measure"]))
    yield rate_note(library.rates)


def rate_note(rates: Rates) -> Row:
    """Dated rate of exchange."""
    dollar = f"{rates.per_unit['USD']:g}"
    if rates.given:
        return note("rate", "info", "respond_rate_given", rate=dollar)
    return note("rate", "info", "respond_rate", rates.source, rate=dollar, date=rates.date)


def plan_notes(rows: Sequence[dict[str, object]]) -> Iterator[Row]:
    """Plans the simulator does not confirm or finds beaten, and plans whose search was not finished."""
    named = {row["plan"]: row for row in rows}
    for row in rows:
        en, ja = ({"plan": row[f"label_{lang}"]} for lang in ("en", "ja"))
        keys = str(row["note"]).split("|")
        if f"unconfirmed-{row['plan']}" in keys:
            yield note(
                f"unconfirmed-{row['plan']}", "doubt", "respond_unconfirmed", en=en, ja=ja,
                days=f"{row['time_gained_d']:.0f}", sim_days=f"{row['sim_time_gained_d']:.0f}",
                share=f"{row['share']:.2f}", sim_share=f"{row['sim_share']:.2f}",
            )  # fmt: skip
        for key in keys:
            if key.startswith("beaten-"):
                other = named[key.removeprefix(f"beaten-{row['plan']}-")]
                better = {
                    lang: {"plan": row[f"label_{lang}"], "other": other[f"label_{lang}"]} for lang in LANGS
                }
                yield note(key, "doubt", "respond_beaten", en=better["en"], ja=better["ja"])
        if f"unfinished-{row['plan']}" in keys:
            bound = f"{row['bound']:.3f}"
            yield note(f"unfinished-{row['plan']}", "doubt", "respond_unfinished", en=en, ja=ja, bound=bound)
