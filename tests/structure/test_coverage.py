import pytest

from meguri.structure.coverage import METALS, coverage


@pytest.fixture(scope="module")
def table():
    return coverage().set_index("element")


def test_every_metal_of_the_documents_has_a_row(table):
    assert list(table.index) == list(METALS) and len(METALS) == 27


@pytest.mark.parametrize("element", ["Ga", "Ge", "Zr"])
def test_gallium_germanium_and_zirconium_are_missing_in_both_profiles(table, element):  # N36
    assert table.loc[element, ["in_d1", "in_d2"]].tolist() == [0, 0] and table.at[element, "in_c"] > 0
    assert table.at[element, "missing"] == "D.1|D.2" and table.at[element, "flag"] == "N36"


@pytest.mark.parametrize("element", ["Nb", "V", "Tb"])
def test_niobium_vanadium_and_terbium_are_missing_in_the_company_map(table, element):  # N36
    assert table.at[element, "in_d2"] == 0 and table.at[element, "flag"] == "N36"


def test_metals_in_all_parts_or_in_none_carry_no_flag(table):
    assert table.loc[["W", "Ta", "Ru", "Hf", "Co", "Nd", "Dy", "Pd"], "flag"].eq("").all()
    assert table.at["Mg", "missing"] == "C|D.1|D.2" and table.at["Mg", "flag"] == "", "document 001 has it"


def test_nothing_at_hand_is_zero_and_never_empty(table):
    counts = table.drop(columns=["missing", "flag"])
    assert counts.notna().all(axis=None)
    assert table.at["Hf", "ore"] == 0 and table.at["Li", "reasons"] == 0 and table.at["Mo", "uses"] == 0


def test_every_metal_has_prices_hosts_and_a_stage(table):
    single = table.drop(index="REO")
    assert (single[["prices", "hosts"]] > 0).all(axis=None)
    assert (single["ore"] + single["processed"] > 0).all()
