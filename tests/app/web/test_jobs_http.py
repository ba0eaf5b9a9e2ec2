"""Jobs over HTTP: addresses, refusals in plain words, streams, and the page of all jobs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from meguri.app.web.jobs import Jobs, Limits
from meguri.app.web.kinds import NAMES
from meguri.app.web.orders import page_of
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.routes_jobs import EXAMPLE
from meguri.app.web.server import create_app
from meguri.app.web.service import Service, Settings
from tests.app.web.hands import FakeHand
from tests.app.web.test_jobs import settle

JOBS = "/api/v1/workspaces/default/jobs"
ORDER = EXAMPLE
Story = Callable[[httpx2.AsyncClient, FakeHand, Service], Awaitable[None]]


def served(root: Path, story: Story, limits: Limits | None = None) -> None:
    """The application in this process, with a worker that does what the story says."""
    app: Any = create_app(Settings(root))
    service: Service = app._app.state.service
    hand = FakeHand()

    async def life() -> None:
        service.jobs = Jobs([hand], limits or Limits(waiting=2, grace=0.05, beat=0.02))
        service.jobs.start([service.folder("default")])
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            try:
                await story(client, hand, service)
            finally:
                await service.jobs.stop()

    asyncio.run(life())


def numbered(number: int) -> dict[str, Any]:
    return {"kind": "stress", "params": ORDER["params"] | {"seed": str(number)}}


def test_two_clients_that_ask_for_the_same_work_are_led_to_one_address(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        mine, yours = await asyncio.gather(client.post(JOBS, json=ORDER), client.post(JOBS, json=ORDER))
        assert (mine.status_code, yours.status_code) == (202, 202)
        assert mine.headers["location"] == yours.headers["location"]
        await settle()
        hand.step(3, 9)
        seen = (await client.get(mine.headers["location"])).json()
        assert (seen["state"], seen["done"], seen["of"]) == ("running", 3, 9)
        hand.finish()
        await settle()
        third = await client.post(JOBS, json=ORDER)
        assert (third.status_code, third.json()["state"]) == (200, "done")
        assert len(hand.asked) == 1

    served(tmp_path, story)


def test_the_address_of_a_job_is_known_from_its_inputs_alone(tmp_path: Path) -> None:
    places: list[str] = []

    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        places.append((await client.post(JOBS, json=ORDER)).headers["location"])

    served(tmp_path / "a", story)
    served(tmp_path / "b", story)
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"kind": "stress", "params": {"scenario": "nowhere"}}, "scenario"),
        ({"kind": "stress", "params": {"runs": "1e9"}}, "runs"),
        ({"kind": "stress", "params": {"seed": "\x00"}}, "seed"),
        ({"kind": "stress", "params": {"shell": "rm"}}, "shell"),
        ({"kind": "../stress", "params": {}}, "kind"),
        ({"kind": "os", "params": {}}, "kind"),
        ({"kind": "stress", "params": {"runs": 5}}, "body.params.runs"),
        ({"kind": "stress", "params": {}, "folder": "/"}, "body.folder"),
        ({"params": {}}, "body.kind"),
        ([], "body"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, body: Any, place: str
) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        for lang in ("ja", "en"):
            answer = await client.post(JOBS, json=body, params={"lang": lang})
            assert answer.status_code == 422
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert place in [one["place"] for one in answer.json()["problems"]]
        await settle()
        assert hand.asked == []

    served(tmp_path, story)


@pytest.mark.parametrize(
    "content", [b"{", b'{"kind": "\\ud800", "params": {}}', b"\xff\xfe", b"", b"[" * 5000]
)
def test_a_body_that_is_no_json_is_refused_and_never_a_fault(tmp_path: Path, content: bytes) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        answer = await client.post(JOBS, content=content, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)

    served(tmp_path, story)


def test_a_full_queue_is_503_with_a_time_to_come_again_and_a_way_out_in_the_readers_language(
    tmp_path: Path,
) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        await client.post(JOBS, json=numbered(0))
        await settle()
        for n in (1, 2):
            assert (await client.post(JOBS, json=numbered(n))).json()["ahead"] == n
        answer = await client.post(JOBS, json=numbered(3), params={"lang": "ja"})
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "中止" in answer.json()["problems"][0]["way_out"]
        await client.delete(JOBS + "/" + (await client.get(JOBS)).json()["jobs"][0]["id"])
        assert (await client.post(JOBS, json=numbered(3))).status_code == 202

    served(tmp_path, story)


def test_delete_cancels_what_runs_and_takes_away_what_is_over(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        place = (await client.post(JOBS, json=ORDER)).headers["location"]
        await settle()
        assert (await client.delete(place)).status_code == 202
        await settle(20)
        assert (await client.get(place)).json()["state"] == "cancelled"
        again = await client.post(JOBS, json=ORDER)
        assert again.headers["location"] == place
        await settle()
        hand.finish()
        await settle()
        assert (await client.delete(place)).status_code == 204
        for gone in (
            await client.get(place),
            await client.delete(place),
            await client.get(place + "/events"),
        ):
            assert gone.status_code == 404
            assert gone.json()["problems"][0]["way_out"]

    served(tmp_path, story)


def test_a_stream_tells_the_present_state_at_once_and_ends_with_the_job(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        place = (await client.post(JOBS, json=ORDER)).headers["location"]
        await settle()
        hand.step(4, 8)
        following = asyncio.create_task(client.get(place + "/events"))
        await asyncio.sleep(0.3)
        hand.finish()
        told = await following
        assert told.headers["content-type"].startswith("text/event-stream")
        assert told.headers["cache-control"] == "no-store"
        states = [json.loads(line[6:]) for line in told.text.splitlines() if line.startswith("data: ")]
        assert [(one["state"], one["done"]) for one in states] == [("running", 4), ("done", 4)]
        assert ": still here" in told.text
        assert "retry: " in told.text

    served(tmp_path, story)


def test_streams_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meguri.app.web.routes_jobs.FOLLOWERS", 1)

    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        place = (await client.post(JOBS, json=ORDER)).headers["location"]
        await settle()
        following = asyncio.create_task(client.get(place + "/events"))
        await asyncio.sleep(0.05)
        refused = await client.get(place + "/events")
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:meguri:many_followers")
        hand.finish()
        await following
        assert (await client.get(place + "/events")).status_code == 200

    served(tmp_path, story)


def test_what_the_reader_has_is_not_sent_again_until_it_changes(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        place = (await client.post(JOBS, json=ORDER)).headers["location"]
        await settle()
        hand.step(1, 9)
        for address in (place, JOBS):
            tag = (await client.get(address)).headers["etag"]
            assert (await client.get(address, headers={"if-none-match": tag})).status_code == 304
        hand.step(2, 9)
        assert (await client.get(JOBS, headers={"if-none-match": tag})).status_code == 200

    served(tmp_path, story)


def test_the_list_comes_by_pages_the_newest_first(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        made = [(await client.post(JOBS, json=numbered(n))).json()["id"] for n in range(5)]
        first = (await client.get(JOBS, params={"limit": 2})).json()
        second = (await client.get(JOBS, params={"limit": 3, "offset": first["next_offset"]})).json()
        assert [one["id"] for one in first["jobs"] + second["jobs"]] == made[::-1]
        assert (first["total"], second["next_offset"]) == (5, None)

    served(tmp_path, story, Limits(waiting=9))


def test_a_workspace_that_is_not_there_has_no_jobs(tmp_path: Path) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        for name in ("nowhere", "..", "%2e%2e", "w000000000000"):
            place = f"/api/v1/workspaces/{name}/jobs"
            assert (await client.get(place)).status_code == 404
            assert (await client.post(place, json=ORDER)).status_code in (404, 405)

    served(tmp_path, story)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_of_jobs_says_what_is_computed_and_its_buttons_work_without_scripts(
    tmp_path: Path, lang: str
) -> None:
    async def story(client: httpx2.AsyncClient, hand: FakeHand, service: Service) -> None:
        empty = await client.get(f"/{lang}/jobs")
        assert {"ja": "実行ボタン", "en": "offer a button"}[lang] in empty.text
        name = (await client.post(JOBS, json=ORDER)).json()["id"]
        await settle()
        hand.step(50, 200)
        page = (await client.get(f"/{lang}/jobs")).text
        assert 'value="50"' in page
        assert {"ja": "中・重希土", "en": "heavy rare earth"}[lang] in page
        pressed = await client.post(f"/{lang}/jobs", data={"job": name, "do": "stop"})
        assert (pressed.status_code, pressed.headers["location"]) == (303, f"/{lang}/jobs")
        await settle(20)
        assert (await client.get(f"{JOBS}/{name}")).json()["state"] == "cancelled"
        await client.post(f"/{lang}/jobs", data={"job": name, "do": "again"})
        await settle()
        hand.finish()
        await settle()
        assert f"/{lang}/stops?scenario=" in (await client.get(f"/{lang}/jobs")).text
        await client.post(f"/{lang}/jobs", data={"job": name, "do": "remove"})
        assert (await client.get(f"{JOBS}/{name}")).status_code == 404

    served(tmp_path, story)


def test_every_kind_of_job_has_a_page_whose_words_tell_it() -> None:
    assert {page_of(kind, {}).key for kind in NAMES} <= set(QUESTIONS)
