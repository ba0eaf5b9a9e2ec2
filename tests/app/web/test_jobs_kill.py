"""kill -9 of a real server: nothing is lost, nothing half-written is shown, nobody is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meguri.app.web.desk import Desk
from tests.app.web.real import Server, alive, memory, nice_of, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
SWEEP = {"scenario": "2025-medium-heavy-rare-earths", "chain": "", "runs": "150", "seed": "3"}
SHORT = SWEEP | {"runs": "2"}


def manifest(workspace: Path, place: str) -> dict[str, object]:
    return json.loads(
        (workspace / "answers" / place.rpartition("/")[2] / "outcome/manifest.json").read_text()
    )


def halves(workspace: Path) -> list[str]:
    """Answers that are shown and are not whole."""
    shown = [item for item in (workspace / "answers").glob("*") if not item.name.startswith(".")]
    return [item.name for item in shown if not (item / "done.json").is_file()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Manifest of the same sweep when nothing happens to it."""
    with Server(tmp_path_factory.mktemp("undisturbed") / "root") as server:
        place = server.ask(SWEEP)
        assert server.ended(place)["state"] == "done"
        return manifest(server.workspace, place)["hash"]


def test_a_sweep_goes_on_after_kill_9_and_finds_what_it_would_have_found(
    tmp_path: Path, undisturbed: object
) -> None:
    root = tmp_path / "root"
    with Server(root) as server:
        place = server.ask(SWEEP)
        other = server.ask(SHORT)
        wait_for(lambda: server.state(place)["done"] >= 40, 300)
        before = server.state(place)
        workers = server.workers()
        assert len(workers) >= 3
        assert max(map(nice_of, workers)) >= 5, "the worker for jobs stands back"
        server.kill()
    assert not any(alive(pid) for pid in workers)
    with Server(root) as server:
        assert halves(server.workspace) == []
        assert server.state(other)["state"] == "waiting"
        wait_for(lambda: server.state(place)["done"] > 0, 300)
        assert server.state(place)["done"] >= before["done"], "runs that had ended are not run again"
        assert server.ended(place)["state"] == "done"
        assert server.ended(other)["state"] == "done"
        assert manifest(server.workspace, place)["hash"] == undisturbed
        assert not list((server.workspace / "cache" / "runs").glob("*")), "kept runs go with the job"


@pytest.mark.parametrize("files", [1, 4, 9])
def test_kill_9_during_a_save_leaves_no_half_of_an_answer(tmp_path: Path, files: int) -> None:
    root = tmp_path / "root"

    def saving() -> bool:
        return len(list(root.glob("w*/answers/.part-*/outcome/*"))) >= files

    with Server(root) as server:
        place = server.ask(SHORT)
        wait_for(saving, 300, step=0)
        server.kill()
        assert not (server.workspace / "answers" / place.rpartition("/")[2]).exists()
    with Server(root) as server:
        assert halves(server.workspace) == []
        shown = Desk(server.workspace).answer("stress", SHORT)
        assert shown is None or (shown / "outcome" / "manifest.json").is_file()
        assert server.ended(place)["state"] == "done"
        assert manifest(server.workspace, place)["runs"] == 2
        assert server.client.delete(place).status_code == 204
    with Server(root) as server:
        assert server.client.get(place).status_code == 404, "deleted means gone, also after a restart"


def test_a_cancelled_sweep_is_taken_up_where_it_was(tmp_path: Path, undisturbed: object) -> None:
    with Server(tmp_path / "root") as server:
        place = server.ask(SWEEP)
        wait_for(lambda: server.state(place)["done"] >= 30, 300)
        assert server.client.delete(place).status_code == 202
        before = server.ended(place)
        assert before["state"] == "cancelled"
        assert before["done"] < 150
        assert server.ask(SWEEP) == place
        wait_for(lambda: server.state(place)["done"] > 0, 300)
        assert server.state(place)["done"] >= before["done"]
        assert server.ended(place)["state"] == "done"
        assert manifest(server.workspace, place)["hash"] == undisturbed


def test_the_death_of_a_worker_is_told_and_the_server_goes_on(tmp_path: Path, undisturbed: object) -> None:
    with Server(tmp_path / "root") as server:
        place = server.ask(SWEEP)
        wait_for(lambda: server.state(place)["done"] >= 10, 300)
        os.kill(max(server.workers(), key=nice_of), signal.SIGKILL)
        failed = server.ended(place)
        assert failed["state"] == "failed"
        assert "memory" in failed["problems"][0]["way_out"]
        assert server.ask(SWEEP) == place
        assert server.ended(place)["state"] == "done"
        assert manifest(server.workspace, place)["hash"] == undisturbed


def test_a_job_that_wants_more_memory_than_it_may_take_fails_in_plain_words(tmp_path: Path) -> None:
    """In a process of its own, as a worker: the bound stays with the process."""
    import subprocess

    lines = (
        "import sys, json; from pathlib import Path; from meguri.app.web import work, kinds",
        "from meguri.base.errors import ModelError",
        "def greedy(params, desk, folder, told):",
        "    (folder / 'half').write_text('x'); return bytearray(3 << 30)",
        "work.runner = lambda kind: greedy",
        "record = {'id': 'a' * 20, 'kind': 'stress', 'params': {}, 'inputs': {}}",
        "try: work.do_job({'record': record, 'folder': sys.argv[1], 'memory': 1 << 30}, None)",
        "except ModelError as error: print(error.problems[0].key)",
    )
    found = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "web_jobs_memory"
    assert not list((tmp_path / "answers").iterdir()), "its half is taken away"


def test_readers_that_ask_for_a_stream_and_never_read_it_hold_nobody_up(tmp_path: Path) -> None:
    with Server(tmp_path / "root") as server:
        place = server.ask(SWEEP)
        wait_for(lambda: server.state(place)["done"] > 0, 300)
        before = memory(server.process.pid)
        asked = f"GET {place}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        deaf = []
        for _ in range(60):
            one = socket.create_connection(("127.0.0.1", server.client.base_url.port or 80))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.sendall(asked)
            deaf.append(one)
        assert server.ended(place)["state"] == "done"
        assert memory(server.process.pid) - before < 15, "what nobody reads does not pile up"
        for one in deaf:
            one.close()
        with server.client.stream("GET", f"{place}/events") as told:
            assert any("done" in line for line in told.iter_lines())


def test_a_workspace_deleted_in_two_windows_while_a_sweep_runs_there_is_gone(tmp_path: Path) -> None:
    with Server(tmp_path / "root") as server:
        made = server.client.post("/api/v1/workspaces", json={"name": "second"})
        key = made.json()["id"]
        jobs = f"/api/v1/workspaces/{key}/jobs"
        place = server.client.post(jobs, json={"kind": "stress", "params": SWEEP}).headers["location"]
        waits = server.client.post(jobs, json={"kind": "stress", "params": SHORT}).headers["location"]
        wait_for(lambda: server.state(place)["done"] > 5, 300)
        with server.client.stream("GET", f"{place}/events") as told:
            lines = told.iter_lines()
            next(lines)
            with ThreadPoolExecutor(2) as windows:
                tags = {"if-match": made.headers.get("etag", "*")}
                gone = list(
                    windows.map(
                        lambda _: server.client.delete(f"/api/v1/workspaces/{key}", headers=tags), range(2)
                    )
                )
            assert sorted(one.status_code for one in gone) == [204, 404]
            assert '"gone"' in list(lines)[-2], "who follows the job is told"
        for address in (place, waits, jobs):
            assert server.client.get(address).status_code == 404
        here = server.ask(SHORT)
        assert server.ended(here)["state"] == "done", "the queue goes on"
        assert not (server.root / key).exists(), "nothing was written to it again"
