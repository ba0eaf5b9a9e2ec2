"""The claim file to fill in runs as it stands and explains every field it holds."""

import re

import pytest

from meguri.structure.claims import read_claims, test_claim
from meguri.structure.claims_model import Claim
from meguri.structure.claims_template import claim_template, write_claim_template

judge = test_claim
del test_claim  # its name would make it a test of its own


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_file_runs_as_it_stands(lang, tmp_path):
    (claim,) = read_claims(write_claim_template(tmp_path / "mine.yaml", lang))
    found = judge(claim)
    assert found.cause.latest < found.effect.earliest
    assert found.verdict not in ("impossible-by-order", "contested-motive")


def test_every_field_it_holds_stands_under_a_remark_in_the_language_asked_for():
    text = claim_template("ja")
    for before, line in zip(text.splitlines(), text.splitlines()[1:], strict=False):
        found = re.match(r"(?:    |  - )(\w+):", line)
        if found and found[1] in Claim.model_fields:
            assert before.strip().startswith("# ")
            assert re.search("[ぁ-んァ-ヶ一-龠ID]", before)
