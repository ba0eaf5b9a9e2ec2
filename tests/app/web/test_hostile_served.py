"""A real server, at full size: each harmful file is refused while other readers are served."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.app.web import hostile
from tests.app.web.real import Server, children

pytestmark = pytest.mark.slow
FILES = "/api/v1/workspaces/default/files"
SERVER_MEMORY = 250 << 20  # of the thin server, which never unpacks anything
WORKER_MEMORY = 3 << 30


def peak(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) << 10


def test_every_harmful_file_is_refused_by_name_and_the_server_keeps_answering(tmp_path, monkeypatch):
    monkeypatch.setattr(hostile, "MEGABYTE", 1 << 20)
    waited: list[float] = []
    stop = threading.Event()
    with Server(tmp_path / "root") as server:

        def others() -> None:
            while not stop.wait(0.05):
                begun = time.monotonic()
                assert server.client.get("/api/v1/workspaces").status_code == 200
                waited.append(time.monotonic() - begun)

        reader = threading.Thread(target=others)
        reader.start()
        try:
            for name, make, key in hostile.REFUSED:
                answer = server.client.post(FILES, params={"name": name}, content=make(), timeout=180)
                told = answer.json()["problems"]
                assert (answer.status_code, [one["key"] for one in told][:1]) == (422, [key]), name
                assert name in answer.text and str(tmp_path) not in answer.text
        finally:
            stop.set()
            reader.join()
        held = [peak(server.process.pid), *map(peak, children(server.process.pid))]
        assert held[0] < SERVER_MEMORY and max(held) < WORKER_MEMORY, held
        assert server.client.get(FILES).json()["total"] == 0
    print(f"{len(waited)} answers to another reader meanwhile, the slowest after {max(waited):.2f} s")
    print(f"peaks [MB]: {[one >> 20 for one in held]}; load {os.getloadavg()[0]:.1f}")
    left = {item.name for item in (tmp_path / "root").rglob("*") if item.is_file()}
    assert left.isdisjoint(name for name, _, _ in hostile.REFUSED)


def test_a_server_killed_while_a_file_comes_in_shows_nothing_of_it_and_loses_nothing(tmp_path):
    with Server(tmp_path / "root") as server:
        made = server.client.post(FILES, params={"name": "kept.csv"}, content=b"item,specs\nsaw,\n")
        assert made.status_code == 201
        host, port = server.client.base_url.host, server.client.base_url.port
        with socket.create_connection((host, port)) as half:
            head = (f"POST {FILES}?name=half.csv HTTP/1.1", f"Host: {host}:{port}", "Content-Length: 9000000")
            half.sendall("\r\n".join((*head, "", "")).encode() + b"item,specs\n" * 1000)
            time.sleep(1)
            assert list(server.root.rglob("half.csv"))
            server.process.kill()
            server.process.wait()
    with Server(tmp_path / "root") as server:
        assert [one["name"] for one in server.client.get(FILES).json()["files"]] == ["kept.csv"]
        assert not list(server.root.rglob("half.csv"))
