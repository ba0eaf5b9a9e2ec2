"""Reading: whatever a file holds, the end is a scenario or a ScenarioError that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meguri.base.errors import ScenarioError
from meguri.scenario.read import gallery, parse_scenario, read_scenario
from meguri.scenario.schema import Scenario
from tests.scenario.test_schema import BASE

GOOD = yaml.safe_dump(BASE, allow_unicode=True)


def read(folder: Path, content: str | bytes, name: str = "x.yaml") -> Scenario:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return read_scenario(path)


def keys(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        read(folder, content)
    assert all(problem.place for problem in error.value.problems)
    assert error.value.text("en") and error.value.text("ja")
    return [problem.key for problem in error.value.problems]


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == parse_scenario(BASE)


def test_every_scenario_of_the_gallery_is_read() -> None:
    assert [read_scenario(name).name for name in gallery()] == gallery()


def test_anchors_are_not_read_so_that_a_file_cannot_grow_without_bound(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert keys(tmp_path, bomb) == ["yaml"]


def test_a_key_twice_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        read(tmp_path, GOOD + "start: '2025-02-01'\n")
    (problem,) = error.value.problems
    assert problem.key == "yaml" and problem.place.endswith(f"x.yaml:{GOOD.count(chr(10)) + 1}")


@pytest.mark.parametrize("depth", [50, 500, pytest.param(5_000, marks=pytest.mark.slow), 100_000])
def test_deep_nesting_ends_in_a_problem(tmp_path: Path, depth: int) -> None:
    assert keys(tmp_path, "name: " + "[" * depth + "]" * depth)
    assert keys(tmp_path, "".join(f"{' ' * level}a:\n" for level in range(min(depth, 1000))))


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("", "file_empty"),
        ("   \n", "scenario_mapping"),
        ("- a\n- b\n", "scenario_mapping"),
        ("a: [1, 2\n", "yaml"),
        ("a: b: c\n", "yaml"),
        ("1: a\n", "yaml"),
        ("a: !!int x\n", "yaml"),
        ("a: !!bool x\n", "yaml"),
        ("a: !!timestamp x\n", "yaml"),
        ("a: !!float x\n", "yaml"),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml"),
        ("a: 0x_\n", "yaml"),
        (f"a: {'9' * 5000}\n", "yaml"),
        ("a: 1\0\n", "file_not_text"),
        (b"\xff\xfe\x00\x01", "file_not_text"),
        (b"\x89PNG\r\n\x1a\n\x00", "file_not_text"),
    ],
)
def test_what_is_no_scenario_is_named(tmp_path: Path, content: str | bytes, key: str) -> None:
    assert keys(tmp_path, content) == [key]


def test_a_missing_file_and_a_mistyped_name_are_named() -> None:
    for name, key in {"nowhere.yaml": "file_missing", "2010-rare-earth": "scenario_unknown"}.items():
        with pytest.raises(ScenarioError) as error:
            read_scenario(name)
        assert error.value.problems[0].key == key
    assert "2010-rare-earths" in str(error.value)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    assert keys(tmp_path, "# " + "x" * (1 << 20)) == ["file_too_large"]


def test_bases_that_lead_back_are_named(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(f"base: {two}\n", encoding="utf-8")
    two.write_text(f"base: {one}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_scenario(one)
    assert error.value.problems[0].key == "scenario_circle"


def test_a_base_is_changed_where_the_file_differs(tmp_path: Path) -> None:
    found = read(tmp_path, "name: mine\nbase: 2010-rare-earths\ncontrols:\n  - {id: slowdown, held: 0.5}\n")
    assert found.name == "mine"
    assert found.control("slowdown").held.mode == 0.5  # type: ignore[attr-defined]
    assert found.control("quota") == read_scenario("2010-rare-earths").control("quota")


def test_a_value_is_set_from_the_command_line() -> None:
    found = read_scenario("2025-medium-heavy-rare-earths", ["controls.spill-over.share=0"])
    assert found.control("spill-over").share.mode == 0.0  # type: ignore[attr-defined]
    for bad, key in {"horizon": "set_form", "horizn.x=3": "set_path", "horizon=[1": "yaml"}.items():
        with pytest.raises(ScenarioError) as error:
            read_scenario("2025-medium-heavy-rare-earths", [bad])
        assert error.value.problems[0].key == key


LINES = st.sampled_from(GOOD.splitlines())
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["2025-01-01", "5 d", "CN"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200), st.lists(LINES | st.text(max_size=20)).map("\n".join)
    )
)
@settings(max_examples=200)
@example("? [a]\n: b")
@example("<<: {a: 1}")
@example("a: !!set {b, c}")
@example("a: !!omap [b: c]")
@example("a: !!binary x")
def test_any_bytes_end_in_a_scenario_or_a_scenario_error(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    try:
        assert isinstance(read(tmp_path_factory.getbasetemp(), content), Scenario)
    except ScenarioError as error:
        assert error.text("en") and error.text("ja")


@given(st.sampled_from(sorted({*Scenario.model_fields, "vary"})), VALUES)
@settings(max_examples=200)
def test_any_value_of_any_key_ends_in_a_scenario_or_a_scenario_error(key: str, value: object) -> None:
    try:
        assert isinstance(parse_scenario({**BASE, key: value}), Scenario)
    except ScenarioError as error:
        assert error.text("en") and error.text("ja")


@given(st.sampled_from(sorted(BASE["controls"][0])), VALUES)
@settings(max_examples=200)
def test_any_value_in_a_control_ends_in_a_scenario_or_a_scenario_error(key: str, value: object) -> None:
    try:
        found = parse_scenario({**BASE, "controls": [BASE["controls"][0] | {key: value}]})
        assert isinstance(found, Scenario)
    except ScenarioError as error:
        assert error.text("en") and error.text("ja")
