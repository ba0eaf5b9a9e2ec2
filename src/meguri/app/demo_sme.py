"""`make demo-sme`: the example of a small firm from its workbook to the card for its bank."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from meguri.app.printing import say
from meguri.app.safetynet import Asked, answer_of, card_writers, print_answer, wanted_of, write_card
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.joblog import read_shop
from meguri.observe.shop_template import write_shop_template
from meguri.show.safetynet_words import net_word

# what the invented firm states: grade assumed, like all of its records
COST, RATE = "30000,50000,90000", "4000,5000,8000"
KEEPING = ("uptime_guarantee=500000,800000,1200000", "predictive_maintenance=300000,500000,900000")


def run_sme_demo(out: Path, lang: Lang) -> None:
    """Write the example workbook, read it back, print the answer, write the card for the bank.

    Parameters
    ----------
    out : path
        Folder for shop.xlsx, card.json and the cards in both languages.
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
    write_card(reading, None, out / "card.json")
    say(net_word("card_written", lang, path=out / "card.json"))
    say(net_word("demo_wrote", lang, path=book))
    say(net_word("demo_next", lang))
    say(label("demo_sme_merge", lang, "cli", path=out / "card.json"))
