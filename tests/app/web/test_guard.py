"""Who may ask: a page of another site, another name for this machine, a stranger without the token."""

import asyncio
import tracemalloc

import pytest
from starlette.testclient import TestClient

from meguri.app.web import guard
from meguri.app.web.server import create_app
from meguri.app.web.service import Settings

LOCAL = "http://localhost"
TOKEN = "correct-horse"


@pytest.fixture
def open_app(tmp_path):
    return TestClient(create_app(Settings(tmp_path)), base_url=LOCAL, follow_redirects=False)


@pytest.fixture
def closed_app(tmp_path):
    settings = Settings(tmp_path, host="192.0.2.7", token=TOKEN)
    return TestClient(create_app(settings), base_url="http://192.0.2.7", follow_redirects=False)


def test_every_answer_forbids_scripts_from_elsewhere_and_inline(open_app):
    for path in ("/static/app.css", "/nowhere", "/api/v1/nowhere"):
        policy = open_app.get(path).headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert scripts == "script-src 'self'"
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert open_app.get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io"])
def test_a_name_that_leads_here_from_elsewhere_is_refused(open_app, host):
    assert open_app.get("/static/app.css", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_cannot_write(open_app, headers):
    answer = open_app.post("/api/v1/workspaces", json={"name": "x"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:meguri:other_site"


def test_without_the_token_nothing_is_told(closed_app):
    for path in ("/ja/overview", "/api/v1/openapi.json", "/static/app.css", "/"):
        assert closed_app.get(path).status_code == 401
    wrong = {"authorization": f"Bearer {TOKEN}x"}
    assert closed_app.get("/static/app.css", headers=wrong).status_code == 401


def test_the_token_opens_as_header_and_moves_from_the_address_into_a_strict_cookie(closed_app):
    assert closed_app.get("/static/app.css", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    first = closed_app.get(f"/static/app.css?token={TOKEN}&v=1")
    assert first.status_code == 303 and first.headers["location"] == "/static/app.css?v=1"
    assert all(part in first.headers["set-cookie"] for part in ("HttpOnly", "SameSite=Strict"))
    assert closed_app.get("/static/app.css").status_code == 200  # by the cookie


def test_the_way_on_after_the_token_never_leaves_the_server():
    sent = []

    async def send(message):
        sent.append(message)

    host = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "//evil.example/x", "headers": host,
             "query_string": f"token={TOKEN}".encode()}  # fmt: skip
    asyncio.run(guard.Guard(None, {"localhost"}, TOKEN, None)(scope, None, send))
    assert dict(sent[0]["headers"])[b"location"] == b"/evil.example/x"


def test_a_body_that_says_it_is_too_large_is_not_read(open_app):
    answer = open_app.post("/api/v1/x", headers={"content-length": str(guard.PLAIN_BODY + 1)}, content=b"")
    assert answer.status_code == 413
    assert open_app.post("/api/v1/x", headers={"content-length": "-5"}, content=b"").status_code == 413


def test_a_body_without_a_length_is_cut_at_the_bound_and_not_kept():
    received = []

    async def receive():
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def reading(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            received.append(len(message["body"]))
        await send({"type": "http.response.start", "status": scope["cut_short"][0], "headers": []})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/x", "query_string": b"",
             "headers": [(b"host", b"localhost")]}  # fmt: skip
    tracemalloc.start()
    asyncio.run(guard.Guard(reading, {"localhost"}, None, lambda *_: reading)(scope, receive, send))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(received) <= guard.PLAIN_BODY and sent[0]["status"] == 413
    assert peak < 2 * guard.PLAIN_BODY


def test_a_body_that_stands_still_is_given_up(monkeypatch):
    monkeypatch.setattr(guard, "SLOWEST", 0.05)
    told = {}

    async def receive():
        await asyncio.sleep(60)

    async def reading(scope, receive, send):
        told["message"] = await receive()
        told["why"] = scope["cut_short"]

    scope = {"type": "http", "method": "POST", "path": "/api/v1/x", "query_string": b"",
             "headers": [(b"host", b"localhost")]}  # fmt: skip
    asyncio.run(guard.Guard(reading, {"localhost"}, None, lambda *_: reading)(scope, receive, None))
    assert told == {"message": {"type": "http.disconnect"}, "why": (408, "too_slow")}


@pytest.mark.parametrize(("query", "word"), [("limit=0", "1 以上"), ("limit=x", "整数"), ("lang=fr", "'ja'")])
def test_a_wrong_parameter_of_a_call_is_told_in_the_readers_language(open_app, query, word):
    speaking = {"accept-language": "ja"}
    told = open_app.get(f"/api/v1/pages/holds/tables/x?{query}", headers=speaking).json()
    assert word in told["problems"][0]["expected"] and told["problems"][0]["way_out"].startswith("API")
