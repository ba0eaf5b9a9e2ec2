from itertools import pairwise

from meguri.base.terms import keys, read_words
from meguri.show.ink import form_hue, stage_hue, wrap


def _linear(hue):
    channels = [int(hue[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _lightness(hue):
    red, green, blue = _linear(hue)
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * y ** (1 / 3) - 16


def test_every_stage_has_one_hue_of_its_own():
    hues = [stage_hue(stage) for stage in keys("stages")]
    assert len(set(hues)) == len(hues) == len(read_words("stage_colours"))


def test_stages_keep_their_order_in_grey():
    steps = [b - a for a, b in pairwise(_lightness(stage_hue(stage)) for stage in keys("stages"))]
    assert min(steps) >= 4  # in L*, seen by colour-blind readers and on a grey printer alike


def test_every_form_takes_the_hue_of_a_stage():
    assert {form_hue(form) for form in keys("forms")} <= {stage_hue(stage) for stage in keys("stages")}


def test_a_long_name_is_broken_before_its_bracket():
    assert wrap("プロテリアル 焼結磁石（熊谷・佐賀）", 34) == "プロテリアル 焼結磁石\n（熊谷・佐賀）"
    assert wrap("x" * 100, 10) == "x" * 10 + "\n" + "x" * 9 + "…"
