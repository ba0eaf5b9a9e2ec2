"""Thousands of yen add up, dollars stand at the dated rate."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.show.money import dollars, split, whole_thousands

YEN = st.floats(0, 1e12, allow_nan=False)


@given(st.lists(st.tuples(YEN, YEN), max_size=6))
@settings(max_examples=60, deadline=None)
def test_parts_in_thousands_add_up_both_ways_and_stay_next_to_their_own_amount(
    rows: list[tuple[float, float]],
) -> None:
    told, (both, firm, state) = split(rows)
    assert [sum(row[k] for row in told) for k in range(3)] == [both, firm, state]
    assert all(row[0] == row[1] + row[2] for row in told)
    assert both == firm + state == whole_thousands(sum(a for a, _ in rows) + sum(b for _, b in rows))
    for (own, public), (_, shown_own, shown_public) in zip(rows, told, strict=True):
        assert abs(shown_own - own / 1e3) <= 2  # the firm's sum may carry the rounding of both
        assert abs(shown_public - public / 1e3) <= 1


def test_dollars_are_yen_over_the_rate() -> None:
    assert dollars(450e6, 150.0, "en") == "USD 3 million"
    assert dollars(450e6, 150.0, "ja") == "300万米ドル"
