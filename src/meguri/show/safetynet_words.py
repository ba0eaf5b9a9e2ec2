"""The card in words: what a banker, a customer and the shop itself read, from the tables alone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.spell import day, listing, missing, significant, word
from meguri.structure.safetynet_answer import SafetyAnswer

SHARES = ("uptime", "life_extension", "retrofit_ratio")
TILES = ("uptime", "recovery_median", "life_extension", "retrofit_ratio")
YEAR = 365.25  # days
ASKED = 5  # questions shown first
MAN, MILLION, OKU = 1e4, 1e6, 1e8


def net_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/safetynet.csv`` with its braces filled.

    Examples
    --------
    >>> net_word("hours", "ja", value="4.9")
    '4.9時間'
    """
    return label(key, lang, "safetynet", **fill)


def figure_text(kpi: str, value: object, lang: Lang, unit: bool = True) -> str:
    """A key figure as printed: shares in percent with one decimal, times in hours.

    Examples
    --------
    >>> figure_text("uptime", 0.98593, "en"), figure_text("recovery_median", 4.9167, "ja")
    ('98.6%', '4.9時間')
    >>> figure_text("life_extension", 0.185, "en"), figure_text("uptime", None, "en")
    ('+18%', '—')
    """
    if missing(value):
        return "—"
    number = float(str(value))
    if kpi == "uptime":
        return f"{min(99.9, 100 * number) if number < 1 else 100:.1f}%"
    if kpi == "life_extension":
        return f"{100 * number:+.0f}%".replace("-", "−").replace("+0%", "0%").replace("−0%", "0%")
    if kpi in SHARES:
        return f"{100 * number:.0f}%"
    text = significant(number, 2) if number >= 0.01 else "0"
    return net_word("hours", lang, value=text) if unit else text


def interval_text(row: Any, lang: Lang) -> str:
    """The interval of a key figure; an end that the records do not bound is said."""
    kpi, low, high = str(row["kpi"]), row["value_low"], row["value_high"]
    if row["reason"] or (missing(low) and missing(high)):
        return ""
    if missing(high):
        return net_word("interval_open", lang, low=figure_text(kpi, low, lang))
    ends = [figure_text(kpi, low, lang, unit=False), figure_text(kpi, high, lang)]
    if kpi in SHARES:
        ends[0] = ends[0].removesuffix("%")
    return net_word("interval", lang, low=ends[0], high=ends[1])


def refusal_text(row: Any, minimum: int, lang: Lang) -> str:
    """Why a figure is not shown, with how many events it would take."""
    reason = word(row["reason"], "kpi_refusals", lang)
    if row["reason"] != "few-events":
        return reason
    return net_word("refused_from", lang, events=int(row["events"]), minimum=minimum)


def count_text(row: Any, lang: Lang) -> str:
    """What a figure stands on."""
    counts = {
        "n": f"{int(row['n']):,}",
        "events": f"{int(row['events']):,}",
        "censored": int(row["censored"]),
    }
    return net_word(f"tile_n.{row['kpi']}", lang, **counts)


def kpi(answer: SafetyAnswer, name: str) -> dict[Any, Any]:
    """The row of one key figure."""
    table = answer.table("kpi_values")
    return dict(table[table["kpi"] == name].iloc[0])


def known(answer: SafetyAnswer, name: str, lang: Lang) -> str:
    """A key figure in a sentence; in words where it is refused."""
    row = kpi(answer, name)
    return net_word("not_known", lang) if row["reason"] else figure_text(name, row["value"], lang)


def yen(value: object, lang: Lang) -> str:
    """An amount of yen as a shop writes it.

    Examples
    --------
    >>> yen(3770844, "ja"), yen(3770844, "en"), yen(-178, "en")
    ('377万円', '¥3.8 million', '−¥178')
    >>> yen(283500, "ja"), yen(2.1e8, "ja")
    ('28万円', '2.1億円')
    """
    if missing(value):
        return "—"
    number = float(str(value))
    sign, size = ("−" if number < 0 else ""), abs(number)
    if lang == "en":
        return (
            f"{sign}¥{significant(size / MILLION, 2)} million" if size >= MILLION else f"{sign}¥{size:,.0f}"
        )
    if size >= OKU:
        return f"{sign}{significant(size / OKU, 2)}億円"
    if size >= MAN:
        return f"{sign}{significant(size / MAN, 2)}万円"
    return f"{sign}{significant(size, 2)}円"


def amount(value: object) -> str:
    """A signed number of two digits with a true minus."""
    return "—" if missing(value) else significant(float(str(value)), 2).replace("-", "−")


def hours_number(value: object) -> str:
    """Hours of a sum, as a whole number from a hundred on."""
    number = float(str(value))
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}".removesuffix(".0")


def lead(answer: SafetyAnswer, lang: Lang) -> str:
    """The one sentence on top."""
    row = kpi(answer, "uptime")
    if row["reason"]:
        return net_word("lead_refused", lang)
    return net_word("lead", lang, value=figure_text("uptime", row["value"], lang))


def lead_detail(answer: SafetyAnswer, lang: Lang) -> str:
    """How often it stopped, how soon it was back, what is still open."""
    facts = answer.facts
    planned = facts["scheduled_h"]
    stops = (
        net_word("lead_stops_bare", lang, n=facts["stops"])
        if planned is None
        else net_word("lead_stops", lang, n=facts["stops"], hours=hours_number(planned))
    )
    said = [stops, _back(answer, lang)]
    if facts["open"]:
        key = "lead_open" if facts["open"] == 1 else "lead_open_more"
        said.append(net_word(key, lang, n=facts["open"]))
    return ("" if lang == "ja" else " ").join(text for text in said if text)


def _back(answer: SafetyAnswer, lang: Lang) -> str:
    median, p90 = kpi(answer, "recovery_median"), kpi(answer, "recovery_p90")
    if median["reason"]:
        return ""
    half = figure_text("recovery_median", median["value"], lang, unit=False)
    if p90["reason"]:
        return net_word("lead_back_half", lang, median=half)
    nine = figure_text("recovery_p90", p90["value"], lang, unit=False)
    return net_word("lead_back", lang, median=half, p90=nine)


def period(answer: SafetyAnswer, lang: Lang) -> str:
    """First and last day of the records."""
    facts = answer.facts
    return net_word("period", lang, first=day(facts["first"], lang), last=day(facts["as_of"], lang))


def people_sentence(answer: SafetyAnswer, lang: Lang) -> str:
    """Which processes hang on one person who cannot teach them."""
    people = answer.table("card_people")
    if people.empty:
        return net_word("people_none", lang)
    alone = people[(people["holders"] == 1) & (people["teachers"] == 0)]
    names = [str(name) for name in alone["process"]]
    if not names:
        single = people[(people["holders"] < 2) & (people["teachers"] == 0)]
        return net_word("people_fine", lang) if single.empty else ""
    if len(names) == 1:
        return net_word("people_single", lang, process=names[0])
    return net_word("people_single_more", lang, n=len(names), names=listing(names, lang, most=2))


def loss_sentences(answer: SafetyAnswer, stated: bool, lang: Lang) -> list[str]:
    """Standstill and loss that may have been spared, with the assumption and the doubt said plainly."""
    rows = {row["quantity"]: row for row in answer.table("kpi_avoided").to_dict("records")}
    hours, loss = rows["avoided_hours"], rows.get("avoided_loss")
    if hours["reason"]:
        return [net_word("loss_none", lang, reason=word(hours["reason"], "kpi_refusals", lang))]
    ends = {key: amount(hours[name]) for key, name in ENDS}
    said = [net_word("loss_hours", lang, **ends), net_word(f"loss_{sign_of(hours)}", lang)]
    if loss is None:
        said.append(net_word("loss_yen_masked", lang))
    elif loss["reason"]:
        said.append(net_word("loss_yen_none", lang, reason=word(loss["reason"], "kpi_refusals", lang)))
    else:
        said.append(net_word("loss_yen", lang, **{key: yen(loss[name], lang) for key, name in ENDS}))
    said.append(net_word("loss_how_stated" if stated else "loss_how_parts", lang))
    return said


ENDS = (("value", "value"), ("low", "value_low"), ("high", "value_high"))


def sign_of(row: Any) -> str:
    """Where an interval lies: positive, negative, or containing zero.

    Examples
    --------
    >>> sign_of({"value_low": -1.0, "value_high": 2.0}), sign_of({"value_low": 0.5, "value_high": 2.0})
    ('zero', 'positive')
    """
    low, high = float(row["value_low"]), float(row["value_high"])
    return "positive" if low > 0 else "negative" if high < 0 else "zero"


def unpaid_sentences(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """Service that was not charged, in all; in yen where a rate was stated."""
    table, rate = answer.table("card_unpaid"), answer.facts["rate"]
    if table.empty:
        return [net_word("unpaid_none", lang)]
    total = {"hours": hours_number(table["hours"].sum()), "jobs": int(table["jobs"].sum())}
    customer = answer.facts["customer"]
    said = [
        net_word("unpaid_total_for", lang, customer=customer, **total)
        if customer
        else net_word("unpaid_total", lang, **total)
    ]
    if rate is not None and table["worth"].notna().all():
        said.append(net_word("unpaid_worth", lang, **worth_words(table, rate, lang)))
    return said


def worth_words(table: pd.DataFrame, rate: list[float], lang: Lang) -> dict[str, str]:
    """Rate and worth of unpaid hours, from low to high."""
    ends = {name: yen(table[name].sum(), lang) for name in ("worth_low", "worth_high")}
    return {"low": f"{rate[0]:,.0f}", "high": f"{rate[2]:,.0f}", **ends}


def industries(answer: SafetyAnswer, lang: Lang) -> str:
    """Industries of the customers, the largest first."""
    return listing([str(one) for one in answer.table("card_customers")["industry"]], lang, most=3)


def gone_sentences(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """Whom the shop works for, and how far an export control may reach it."""
    table = answer.table("card_customers")
    if table.empty:
        return [net_word("gone_none", lang)]
    if table["customers"].isna().any():
        return [net_word("gone_industries", lang, industries=industries(answer, lang))]
    n = int(table["customers"].sum())
    said = [net_word("gone_customers", lang, n=n, industries=industries(answer, lang))]
    abroad = int(table["abroad"].fillna(0).sum())
    return [*said, net_word("gone_abroad", lang, n=abroad)] if abroad else said


def gone_rows(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """One line an industry, where shares may be seen and are on record."""
    table = answer.table("card_customers")
    rows = table[table["share"].notna()].to_dict("records")
    return [
        net_word("gone_share", lang, industry=row["industry"], n=int(row["customers"]),
                 share=f"{100 * row['share']:.0f}%")
        for row in rows
    ]  # fmt: skip


def change_rows(answer: SafetyAnswer, lang: Lang) -> list[list[str]]:
    """What changes when the firm is gone, as ranges of today's; empty where the records do not say."""
    rows = answer.tables.get("card_gone")
    if rows is None:
        return []
    return [
        [word(row["measure"], "card_gone_measures", lang), change_text(row, lang)]
        for row in rows.to_dict("records")
    ]


def change_text(row: Any, lang: Lang) -> str:
    """One range of change: a share of today, how many times as much, or years.

    Examples
    --------
    >>> change_text({"measure": "quantity", "unit": "1", "low": 0.934, "high": 1.0}, "en")
    '93–100% of today'
    >>> change_text({"measure": "back", "unit": "d", "low": 784.0, "high": float("nan")}, "ja")
    '2.1年以上'
    """
    low, high, open_ = row["low"], row["high"], missing(row["high"])
    if row["unit"] == "d":
        years = {"low": significant(low / YEAR, 2)} | ({} if open_ else {"high": significant(high / YEAR, 2)})
        return net_word("gone_years_open" if open_ else "gone_years", lang, **years)
    if not open_ and high <= 1:
        return net_word("gone_share_of", lang, low=f"{100 * low:.0f}", high=f"{100 * high:.0f}%")
    ends = {"low": significant(low, 2)} | ({} if open_ else {"high": significant(high, 2)})
    return net_word("gone_times_open" if open_ else "gone_times", lang, **ends)


def offer_rows(answer: SafetyAnswer, audience: str, lang: Lang) -> list[list[str]]:
    """Offers with the figure promised and the price a year."""
    rows = []
    for row in answer.table("service_offers").to_dict("records"):
        promise = (
            word(row["reason"], "offer_reasons", lang)
            if missing(row["promise"])
            else net_word(f"at_least.{row['kpi']}", lang, value=promised(row, lang))
        )
        rows.append([word(row["offer"], "service_offers", lang), promise, price_text(row, audience, lang)])
    return rows


def promised(row: Any, lang: Lang) -> str:
    """The figure of an offer; a life that is longer needs no plus."""
    return figure_text(row["kpi"], row["promise"], lang).removeprefix("+")


def price_text(row: Any, audience: str, lang: Lang) -> str:
    """The price range of an offer, or why there is none; partners settle it between them."""
    if audience != "internal":
        return net_word("offer_talk", lang)
    if row["room"] == "no":
        return net_word("offer_no_room", lang)
    if row["reason"]:
        return word(row["reason"], "offer_reasons", lang)
    ends = {"low": yen(row["price_low"], lang), "high": yen(row["price_high"], lang)}
    return net_word("offer_price_range", lang, **ends)


def question_cells(answer: SafetyAnswer, lang: Lang) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of what is to be written down first; no row where this reader may not see it."""
    rows = [
        [str(row[f"question_{lang}"]), "—" if missing(row["hours"]) else hours_number(row["hours"])]
        for row in answer.table("tacit_items").head(ASKED).to_dict("records")
    ]
    return [net_word(key, lang) for key in ("head_question", "head_atstake")], rows


def licence_sentence(answer: SafetyAnswer, lang: Lang) -> str:
    """What a licence file would reveal beyond this page."""
    return net_word("licence", lang, end_uses=answer.facts["end_uses"], specs=answer.facts["specs"])


def definition_lines(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """The definitions, where they come from, and when a figure is refused."""
    kinds = ("uptime", "recovery", "life_extension", "retrofit_ratio")
    said = [net_word(f"def.{kind}", lang) for kind in kinds]
    return [*said, net_word("def_lines", lang, minimum=answer.facts["minimum"])]
