"""CSV files as Excel in Japan and elsewhere writes them, and those that are none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meguri.base import files
from meguri.base.errors import DataError
from meguri.base.files import read_csv, write_atomically


def refused(path: Path) -> list[str]:
    with pytest.raises(DataError) as error:
        read_csv(path)
    assert error.value.text("ja")
    return [item.key for item in error.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_japanese_text_is_read_in_the_encodings_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("名称,量\n磁石～Ⅱ,1\n".encode(encoding))
    assert read_csv(path).to_dict("list") == {"名称": ["磁石～Ⅱ"], "量": ["1"]}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(newline.join(["a,b", "1,2", "", "3,4"]).encode())
    assert read_csv(path)["b"].tolist() == ["2", "4"]


def test_quoted_cells_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n"1, 2","x\ny"\n')
    assert read_csv(path).iloc[0].tolist() == ["1, 2", "x\ny"]


def test_headings_alone_are_an_empty_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n")
    table = read_csv(path)
    assert list(table) == ["a", "b"]
    assert len(table) == 0


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (b"a,b\n1\n1,2,3\n", ["csv_width", "csv_width"]),
        (b"a,a\n1,2\n", ["column_twice"]),
        (b"a,b\n1,\x002\n", ["file_not_text"]),
        (b"a,b\n\xff\xfe\xfa,1\n", ["file_not_text"]),
        ("a,b\n1,2\n".encode("utf-16"), ["file_not_text"]),
        (b'a,b\n"1,2\n', ["csv_broken"]),
        (b'a,b\n"1"x,2\n', ["csv_broken"]),
        (b"a,b\n1," + b"x" * 140_000 + b"\n", ["csv_broken"]),
        (b"\n , \n", ["file_empty"]),
        (b"", ["file_empty"]),
    ],
    ids=[
        "ragged",
        "twice",
        "nul",
        "bytes",
        "utf-16",
        "open-quote",
        "quote-inside",
        "huge-cell",
        "blank",
        "empty",
    ],
)
def test_a_broken_csv_is_named(tmp_path: Path, content: bytes, keys: list[str]) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert refused(path) == keys


def test_a_ragged_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n\n3\n")
    with pytest.raises(DataError) as error:
        read_csv(path)
    assert error.value.problems[0].place == "x.csv:4"


def test_a_file_of_too_many_rows_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * (files.MAX_ROWS + 1))
    assert refused(path) == ["too_many_rows"]


def test_a_file_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read all the same"))
    assert refused(path) == ["file_too_large"]


CONTENT = st.one_of(
    st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENT)
def test_any_bytes_are_a_table_or_a_named_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    try:
        assert isinstance(read_csv(path), pd.DataFrame)
    except DataError as error:
        assert error.problems


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    write_atomically(path, b"old")

    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(DataError) as error:
        write_atomically(path, b"new")
    assert [item.key for item in error.value.problems] == ["file_unwritable"]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_without_end_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"," * (files.MAX_CELLS + 1))
    assert refused(path) == ["too_many_rows"]
