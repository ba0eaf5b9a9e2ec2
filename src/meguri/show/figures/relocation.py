"""Where Japanese firms make magnets: bands by year as printed and normalised, and the two layers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, beside
from meguri.show.ink import INK, MUTED, PAPER, base_option, clip, mixed, quiet_axis, stage_hue
from meguri.show.spell import joined, percent, say, word

HUE = stage_hue("magnet")
TINTS = {"JP": 1.0, "CN": 0.62, "XX": 0.34}  # place of process; one hue, for one stage
STEP = 4  # places on the axis from one year to the next
BAND_HEIGHT = 400
CLOSE = 0.045  # outside figures nearer than this have their names apart
ROW = 27  # px of one line of the layers
LONGEST = 50  # Latin letters of a name of the layers
COLUMNS = {"quantity": 1.3, "quality": 2.0}  # where the two layers stand, of 3.4
REMARKS = 2.7


def bands_chart(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """A bar for each place and year, from the least to the most the share can be once all add to 100 %.

    Parameters
    ----------
    table : DataFrame
        Rows of ``relocation_bands``.
    """
    years = sorted(int(year) for year in table["year"].unique())
    sums = [f"{100 * table.loc[table['year'] == year, 'printed_sum'].iloc[0]:g}%" for year in years]
    return Chart(
        key="relocation-bands",
        option=_bands(table, years, lang),
        table=table,
        title=_bands_title(table, years, lang),
        subtitle=joined(
            [say("bands_subtitle", lang, sums=", ".join(sums)), say("bands_outside", lang)], lang
        ),
        footer=footer,
        lang=lang,
        declared="relocation_bands",
        height=BAND_HEIGHT,
    )


def _bands_title(table: pd.DataFrame, years: list[int], lang: Lang) -> str:
    china = table[table["country"] == "CN"].set_index("year")
    ends = [
        f"{_range(china.at[year, 'low'], china.at[year, 'high'])} ({year})" for year in (years[0], years[-1])
    ]
    return say("bands_title", lang, first=ends[0], last=ends[1])


def _range(low: float, high: float) -> str:
    return f"{percent(number_or_none(low)).rstrip('%')}–{percent(number_or_none(high))}"


def _bands(table: pd.DataFrame, years: list[int], lang: Lang) -> dict[str, Any]:
    places = [country for country in TINTS if (table["country"] == country).any()]
    at = {(year, country): STEP * n + k for n, year in enumerate(years) for k, country in enumerate(places)}
    middle = (len(places) - 1) / 2
    labels = {int(STEP * n + middle): str(year) for n, year in enumerate(years)}
    return {
        **base_option(),
        "grid": {"left": 44, "right": 20, "top": 30, "bottom": 26},
        "xAxis": {
            **quiet_axis(type="value", min=-1.2, max=STEP * len(years) - 0.8, interval=1),
            "axisLabel": {"show": False},
        },
        "yAxis": {
            **quiet_axis(type="value", min=0, max=1, interval=0.25, splitLine={"show": True}),
            "axisLabel": {"show": False},
        },
        "title": [],
        "series": [
            _scale(),
            _year_names(labels),
            *(_bars(table, at, country) for country in places),
            _names(table, at, lang),
            _printed(table, at),
            _dots(table, at),
            _outside(table, at, "outside_output", "diamond", -0.34),
            _outside(table, at, "outside_exports", "triangle", -0.34),
        ],
    }


def _scale() -> dict[str, Any]:
    """Percentages at the left edge, drawn as marks: axes cannot say them without a function."""
    data = [
        {"value": [-1.2, share], "label": beside(percent(share), left=True, hue=MUTED)}
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return {"name": "scale", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def _year_names(labels: dict[int, str]) -> dict[str, Any]:
    data = [
        {
            "value": [place, 0.0],
            "label": {"show": True, "formatter": name, "position": "bottom", "distance": 8, "color": INK,
                      "fontSize": 12, "fontWeight": "bold"},
        }
        for place, name in labels.items()
    ]  # fmt: skip
    return {"name": "years", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data}


def _bars(table: pd.DataFrame, at: dict[tuple[int, str], int], country: str) -> dict[str, Any]:
    """Normalised ranges of one place."""
    data: list[Any] = []
    for row in table[(table["country"] == country) & table["low"].notna()].to_dict("records"):
        x = at[(int(row["year"]), country)]
        data += [[x, row["low"]], [x, row["high"]], LIFT]
    return {
        "name": country, "type": "line", "symbol": "none", "silent": True, "data": data, "z": 3,
        "lineStyle": {"color": mixed(HUE, TINTS[country]), "width": 16, "cap": "butt"},
    }  # fmt: skip


def _names(table: pd.DataFrame, at: dict[tuple[int, str], int], lang: Lang) -> dict[str, Any]:
    """Place and normalised range above bar and hairline."""
    data = []
    for row in table.to_dict("records"):
        country = str(row["country"])
        name = say("bands_other", lang) if country == "XX" else word(country, "countries", lang)
        text = name if row["reason"] else f"{name}\n{_range(row['low'], row['high'])}"
        place = [
            at[(int(row["year"]), country)],
            max(row["printed_high"], number_or_none(row["high"]) or 0.0),
        ]
        data.append({"value": place, "label": {
            "show": True, "formatter": text, "position": "top", "distance": 4, "color": INK,
            "fontSize": 10.5, "lineHeight": 13, "textBorderColor": PAPER, "textBorderWidth": 2,
        }})  # fmt: skip
    return {"name": "names", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": data, "z": 6}


def _printed(table: pd.DataFrame, at: dict[tuple[int, str], int]) -> dict[str, Any]:
    """Ranges as the document prints them, hairlines beside the bars."""
    data: list[Any] = []
    for row in table.to_dict("records"):
        x = at[(int(row["year"]), row["country"])] + 0.34
        data += [[x, row["printed_low"]], [x, row["printed_high"]], LIFT]
    return {
        "name": "printed", "type": "line", "symbol": "none", "silent": True, "data": data, "z": 4,
        "lineStyle": {"color": INK, "width": 1.3},
    }  # fmt: skip


def _dots(table: pd.DataFrame, at: dict[tuple[int, str], int]) -> dict[str, Any]:
    data = [
        [at[(int(row["year"]), row["country"])], row["middle"]]
        for row in table[table["middle"].notna()].to_dict("records")
    ]
    return {
        "name": "middle", "type": "scatter", "symbol": "circle", "symbolSize": 6, "silent": True,
        "data": data, "z": 5, "itemStyle": {"color": PAPER, "borderColor": INK, "borderWidth": 1},
    }  # fmt: skip


def _outside(
    table: pd.DataFrame, at: dict[tuple[int, str], int], column: str, symbol: str, shift: float
) -> dict[str, Any]:
    """Figures of others, hollow and beside: another basis, never joined to the bars."""
    data = []
    for row in table[table[column].notna()].to_dict("records"):
        year = int(row[f"{column}_year"])
        text = percent(row[column]) + (f" ({year})" if year != int(row["year"]) else "")
        place = at[(int(row["year"]), row["country"])] + shift
        other = row["outside_exports" if column == "outside_output" else "outside_output"]
        near = other - row[column] if abs(other - row[column]) < CLOSE else 0.0  # NaN is near to nothing
        shift_up = [0, 7 if near > 0 else -7] if near else [0, 0]
        name = {**beside(text, left=True, size=9.5, hue=MUTED), "offset": shift_up}
        data.append({"value": [place, row[column]], "label": name})
    return {
        "name": column, "type": "scatter", "symbol": symbol, "symbolSize": 8, "silent": True, "data": data,
        "z": 6, "itemStyle": {"color": PAPER, "borderColor": MUTED, "borderWidth": 1.4},
    }  # fmt: skip


def layers_chart(
    tables: dict[str, pd.DataFrame], steps: pd.DataFrame, *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """Who holds volume and who holds quality, by step, field and size of firm; a blank is not said.

    Parameters
    ----------
    tables : dict of axis to DataFrame
        Rows of ``relocation_two_layers`` by axis, in the order to be drawn.
    steps : DataFrame
        Rows of ``relocation_steps``: sites of the list that do each step.
    """
    joined_rows = pd.concat(tables.values(), ignore_index=True)
    return Chart(
        key="relocation-layers",
        option=_layers(tables, steps, lang),
        table=joined_rows,
        title=say("layers_title", lang),
        subtitle=say("layers_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="relocation_two_layers",
        height=40 + ROW * (len(joined_rows) + len(tables)),
    )


def _layers(tables: dict[str, pd.DataFrame], steps: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    sites = steps.set_index("item")
    names: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    y = 0
    for axis, rows in tables.items():
        names.append(_name(label(axis, lang, "relocation"), y, bold=True))
        y += 1
        for row in rows.to_dict("records"):
            names.append(_name(clip(label(row["item"], lang, "relocation"), LONGEST), y))
            marks += _marks(row, y, lang)
            if row["item"] in sites.index:
                one = sites.loc[row["item"]]
                text = say("layers_sites", lang, jp=int(one["sites_jp"]), cn=int(one["sites_cn"]))
                names.append(_remark(text, y))
            y += 1
    heads = [
        {"value": [x, -1], "label": _plain(label(layer, lang, "relocation"), bold=True)}
        for layer, x in COLUMNS.items()
    ]
    scale: dict[str, Any] = {"type": "value", "show": False}
    return {
        **base_option(),
        "grid": {"left": 0, "right": 0, "top": 10, "bottom": 4},
        "xAxis": {**scale, "min": 0, "max": 3.4},
        "yAxis": {**scale, "min": -1.4, "max": y, "inverse": True},
        "series": [
            {"name": "names", "type": "scatter", "symbolSize": 0.1, "silent": True, "data": [*names, *heads]},
            {"name": "layers", "type": "scatter", "symbolSize": 11, "silent": True, "data": marks},
        ],
    }


def _plain(text: str, *, bold: bool = False, hue: str = INK, align: str = "center") -> dict[str, Any]:
    position = {"center": "inside", "left": "right", "right": "left"}[align]
    return {
        "show": True, "formatter": text, "position": position, "distance": 0, "color": hue, "fontSize": 11.5,
        "fontWeight": "bold" if bold else "normal",
    }  # fmt: skip


def _name(text: str, y: int, *, bold: bool = False) -> dict[str, Any]:
    return {"value": [0.02, y], "label": _plain(text, bold=bold, align="left")}


def _remark(text: str, y: int) -> dict[str, Any]:
    return {"value": [REMARKS, y], "label": _plain(text, hue=MUTED, align="left")}


def _marks(row: dict[Any, Any], y: int, lang: Lang) -> list[dict[str, Any]]:
    marks: list[dict[str, Any]] = []
    for layer, x in COLUMNS.items():
        place = str(row[layer])
        if place:
            marks.append({
                "value": [x - 0.12, y], "label": beside(word(place, "countries", lang)),
                "itemStyle": {"color": mixed(HUE, TINTS.get(place, 0.34)), "borderColor": HUE},
            })  # fmt: skip
    remarks = [say("layers_n9", lang)] if "N9" in str(row["flag"]) else []
    remarks += [say("layers_one", lang)] if row["held_by_one"] else []
    if remarks:
        text = "、".join(remarks) if lang == "ja" else ", ".join(remarks)
        marks.append({**_remark(text, y), "symbolSize": 0.1})
    return marks
