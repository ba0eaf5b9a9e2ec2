"""The API as programs meet it: drawn cases never make the server fail, and tags, pages and languages hold."""

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.app.web.browsing import serving

CASES = 2000
SCHEMATHESIS = Path(sys.executable).with_name("st")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("api") / "workspaces") as found:
        yield found


@pytest.fixture
def asking(address):
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=120) as client:
        yield client


@pytest.mark.slow
@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="schemathesis is not installed")
def test_two_thousand_drawn_cases_make_no_server_error(address, tmp_path):
    command = [
        str(SCHEMATHESIS), "run", f"{address}/api/v1/openapi.json", "--checks", "not_a_server_error",
        "--phases", "coverage,fuzzing", "--max-examples", "25", "--workers", "2", "--seed", "1", "--no-color",
        "--request-timeout", "170", "--suppress-health-check", "all",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=1500)
    told = done.stdout
    counted = re.search(r"([\d,]+) generated", told)
    assert counted, told[-3000:]
    assert done.returncode == 0, told[-6000:]
    assert int(counted[1].replace(",", "")) >= CASES


@pytest.mark.slow
def test_the_api_answers_as_its_readers_rely_on(asking):
    first = asking.get("/pages/holds", params={"lang": "ja"})
    again = asking.get(
        "/pages/holds", params={"lang": "ja"}, headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert asking.get("/pages/holds", params={"lang": "en"}).json()["title"] != first.json()["title"]
    key = first.json()["sections"][0]["charts"][0]["key"]
    rows = asking.get(f"/pages/holds/tables/{key}", params={"limit": 2}).json()
    assert len(rows["rows"]) == 2 and rows["next_offset"] == 2 and rows["total"] > 2
    every = []
    offset = 0
    while offset is not None:
        part = asking.get(f"/pages/holds/tables/{key}", params={"limit": 7, "offset": offset}).json()
        every += part["rows"]
        offset = part["next_offset"]
    assert len(every) == rows["total"]
    csv = asking.get(f"/pages/holds/tables/{key}.csv")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(csv.text.lstrip("\ufeff").splitlines()) >= rows["total"] + 1
    assert asking.get(f"/pages/holds/tables/{key}.xlsx").content[:2] == b"PK"


@pytest.mark.slow
def test_a_wrong_question_names_place_found_expected_and_way_out(asking):
    told = asking.get("/pages/holds", params={"material": "Unobtainium", "lang": "en"})
    assert told.status_code == 422 and told.headers["content-type"] == "application/problem+json"
    problem = told.json()["problems"][0]
    assert problem["place"] == "material" and problem["found"] == "Unobtainium"
    assert problem["expected"] and problem["way_out"]


def test_the_server_itself_stays_thin():
    code = (
        "import sys, meguri.app.web.server, meguri.app.web.start\n"
        "print([name for name in ('pandas', 'numpy', 'scipy', 'duckdb', 'pyarrow') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
