"""`make demo-sme`: a small firm from its workbook to the card for its bank and the screening of its items."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from meguri.app import screening
from meguri.app.printing import say, say_folded
from meguri.app.safetynet import Asked, answer_of, card_writers, print_answer, wanted_of, write_card
from meguri.app.screening_print import print_top
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.joblog import read_shop
from meguri.observe.shop_template import write_shop_template
from meguri.show.safetynet_words import net_word
from meguri.show.screening import first_steps, lead

# what the invented firm states: grade assumed, like all of its records
COST, RATE = "30000,50000,90000", "4000,5000,8000"
ON, TO = "2026-03-31", "CN"  # last day of the records, and where its customers' tools go
STEPS = 3  # of what to ask first
KEEPING = ("uptime_guarantee=500000,800000,1200000", "predictive_maintenance=300000,500000,900000")


def run_sme_demo(out: Path, lang: Lang) -> None:
    """Write the example workbook, read it back, print the answer, write the card and the screening.

    Parameters
    ----------
    out : path
        Folder for shop.xlsx, card.json, the cards and the screening in both languages.
    lang : {"en", "ja"}
        Language of what is printed.
    """
    book = write_shop_template(out / "shop.xlsx", "ja")
    asked = Asked((book,), cost=COST, rate=RATE, keeping=KEEPING, audience="bank", lang=lang)
    wanted = wanted_of(asked, (".html", ".docx"))
    reading = read_shop(book)
    full = answer_of(reading, wanted, asked.minimum)
    own = replace(asked, audience="internal")
    print_answer(full, reading, own, wanted_of(own, ()))
    say()
    for speech in LANGS:
        for ending in ("html", "docx"):
            path = out / f"card.{speech}.{ending}"
            card_writers(full, wanted, speech)[f".{ending}"](path)
            say(label("saved", lang, "cli", path=path))
    _screened(book, out, lang)
    write_card(reading, None, out / "card.json")
    say(net_word("card_written", lang, path=out / "card.json"))
    say(net_word("demo_wrote", lang, path=book))
    say(net_word("demo_next", lang))
    say(label("demo_sme_merge", lang, "cli", path=out / "card.json"))


def _screened(book: Path, out: Path, lang: Lang) -> None:
    """What of the shop's items may be controlled and whom to ask first; pages and papers for who rules."""
    case = screening.case_of(screening.Asked(files=(book,), on=ON, to=TO))
    print_top(lang)
    say_folded(lead(case, lang))
    for number, (said, _) in enumerate(first_steps(case, lang)[:STEPS], start=1):
        say_folded(f"{number}. {said}", indent=3)
    say()
    for speech in LANGS:
        for ending in ("html", "docx"):
            path = out / f"screen.{speech}.{ending}"
            screening.writers(case, speech)[f".{ending}"](path)
            say(label("saved", lang, "cli", path=path))
