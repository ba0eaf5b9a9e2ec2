"""The form of a scenario in a real browser: changed, run, kept among the own files, and used again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.web.browsing import reader

pytestmark = pytest.mark.slow


def test_a_changed_scenario_is_run_kept_and_used_again(chromium: Any, served: str) -> None:
    with reader(chromium, served) as (page, ear):
        page.goto("/en/stops?scenario=2023-graphite&runs=2")
        page.wait_for_selector("#answer article")
        page.click("#changes > summary")
        page.click("details.group:nth-of-type(2) > summary")
        page.fill("[name='set.controls.licence.start']", "2024-02-01")
        page.click("form[data-changes] button.main")
        page.wait_for_url("**set=controls.licence.start%3D2024-02-01*")
        page.click("[data-run]")
        page.wait_for_selector("#fig-what-stops-when")
        assert "First day in force: 2024-02-01" in page.inner_text("article.view")
        page.click("#changes > summary")
        page.click("[data-save]")
        page.click("[data-told] a")
        page.wait_for_selector("#answer article")
        assert page.locator("#f-scenario").input_value().startswith("file:")
        assert ear.said == [] and ear.outside == []


def test_what_belongs_to_another_scenario_falls_away_with_it(chromium: Any, served: str) -> None:
    with reader(chromium, served) as (page, _):
        page.goto("/ja/stops?scenario=2023-graphite&runs=2&set=controls.licence.approval=[0.1, 0.2, 0.3]")
        page.wait_for_selector("#answer article")
        assert page.locator("fieldset.sets input:checked").count() == 1
        page.select_option("#f-scenario", "placebo-copper-ore")
        page.wait_for_url("**placebo-copper-ore*")
        page.wait_for_selector("#answer:not([aria-busy]) article")
        assert "set=" not in page.url and page.locator("article.problem").count() == 0


def test_a_value_that_cannot_be_stands_in_the_form_with_its_problem(chromium: Any, served: str) -> None:
    with reader(chromium, served) as (page, ear):
        page.goto("/en/stops?set.controls.licence.approval=7")
        page.wait_for_selector(".field.wrong")
        assert page.locator("[aria-invalid]").input_value() == "7"
        assert ear.outside == []
