"""The ETO tables hold what the set prints, in both languages."""

from __future__ import annotations

import re

import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.observe.chips import inputs, providers, provision, relations


def test_the_set_is_whole() -> None:
    assert len(inputs()) == 79
    assert relations()["relation"].value_counts().to_dict() == {"goes_into": 62, "is_type_of": 31}
    provided = provision()
    assert providers()["kind"].value_counts().to_dict() == {"firm": 274, "country": 20}
    assert set(provided["provider_id"]) < set(providers()["provider_id"])
    assert provided["share"].notna().sum() == 206
    assert not provided.duplicated(["provider_id", "input"]).any()


def test_forty_inputs_and_three_stages_have_country_shares() -> None:
    """DATA.md counts 43 of 79 inputs: three of the 43 are the stages."""
    with_share = provision().query("kind == 'country' and share.notna()")["input"].unique()
    assert len(with_share) == 43
    assert len(set(with_share) & set(inputs()["input"])) == 40


def test_shares_of_a_product_add_to_one_but_for_rounding() -> None:
    shares = provision().query("kind == 'country'").groupby("input")["share"].sum(min_count=1).dropna()
    assert shares.between(0.99, 1.04).all()


def test_every_relation_and_provision_names_a_listed_input_and_a_known_source() -> None:
    known = set(inputs(stages=True)["input"])
    assert set(relations()["input"]) | set(relations()["target"]) <= known
    assert set(provision()["input"]) <= known
    assert set(inputs()["source"]) <= set(sources()["source"])


def test_every_input_has_a_japanese_name_of_its_own() -> None:
    table = inputs(stages=True)
    assert not table["label_ja"].duplicated().any()
    assert table["label_ja"].map(lambda name: bool(re.search(r"[ぁ-んァ-ヶ一-龠]", name))).all()


@pytest.mark.parametrize(
    ("name", "market", "year", "of"),
    [("EUV scanners", 3100, 2019, ""), ("Advanced photomasks", 4000, None, "all photomasks")],
)
def test_market_sizes_are_read_as_printed(name: str, market: float, year: int | None, of: str) -> None:
    row = inputs().set_index("label_en").loc[name]
    assert row["market"] == market
    assert row["market_of"] == of
    assert (None if row.isna()["market_year"] else int(row["market_year"])) == year


def test_a_mistyped_input_names_the_nearest() -> None:
    with pytest.raises(DataError, match="Did you mean Photoresists"):
        provision("Photoresist")
