"""What a cut costs: computed from chains, packaged as computed."""

import pytest

from meguri.base.errors import ModelError
from meguri.respond.leverage_data import leverage_data
from meguri.respond.leverage_loss import loss_if_stopped, row_of_chain
from meguri.structure.chain import Chain

ROWS = leverage_data().tables["losses"].query("chain != ''").astype(str).to_dict("records")


def test_goods_a_chain_does_not_make_are_named():
    with pytest.raises(ModelError, match="hf-5n"):
        loss_if_stopped(Chain.example("semiconductors-korea@2018"), ["hf-6n"], "KR", runs=1)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["item"])
def test_the_packaged_loss_is_what_its_chain_says(row):
    for name, cell in row_of_chain(row).items():
        assert float(row[name]) == pytest.approx(float(cell), abs=1e-4), name


@pytest.mark.slow
def test_a_users_stocks_carry_it_through_part_of_the_year():
    """A month of stock at least: no more than eleven twelfths of the year are lost, and most of them are."""
    chain = Chain.example("semiconductors-korea@2018")
    lost = loss_if_stopped(chain, ["resist-euv"], "KR", runs=20)
    assert 0.75 < lost.loss < 1 - 30 / 365
