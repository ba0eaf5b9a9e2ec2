"""A real server in a process of its own, for tests and benchmarks that kill or measure it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

JOBS = "/api/v1/workspaces/default/jobs"
OVER = ("done", "failed", "cancelled")


class Server:
    """`meguri app` on a free port; `kill` ends it as a power cut would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.log = root.with_suffix(".log")
        command = [sys.executable, "-c", "from meguri.app.cli import main; main()", "app", "--port", port]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--no-browser", "--no-warm", "--workspace", str(root)], stdout=log, stderr=log
            )
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        wait_for(lambda: self._answers(), 60)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(httpx2.HTTPError):
            return self.client.get("/static/app.css").status_code == 200
        return False

    @property
    def workspace(self) -> Path:
        return next(self.root.glob("w*"))

    def workers(self) -> list[int]:
        """Processes that the server started."""
        return children(self.process.pid)

    def ask(self, params: dict[str, str], kind: str = "stress") -> str:
        """Address of the job that does some work."""
        answer = self.client.post(JOBS, json={"kind": kind, "params": params})
        assert answer.status_code in (200, 202), answer.text
        return answer.headers["location"]

    def state(self, place: str) -> dict[str, Any]:
        return self.client.get(place).json()

    def ended(self, place: str, patience: float = 300) -> dict[str, Any]:
        wait_for(lambda: self.state(place)["state"] in OVER, patience)
        return self.state(place)

    def kill(self) -> None:
        """As `kill -9`, and wait until nothing of it is left."""
        workers = self.workers()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not any(alive(pid) for pid in workers), 10)
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self.client.close()


def wait_for(holds: Callable[[], bool], patience: float, step: float = 0.02) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(step)


def children(pid: int) -> list[int]:
    """Processes whose parent is this one."""
    return [one for one, parent in _parents() if parent == pid]


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                stat = (folder / "stat").read_text()
                yield int(folder.name), int(stat.rpartition(")")[2].split()[1])


def alive(pid: int) -> bool:
    """Whether a process is there and no mere entry of one that has ended."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def memory(pid: int) -> float:
    """Memory a process holds [MB]."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    row = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(row.split()[1]) / 1024


def nice_of(pid: int) -> int:
    """How much a process stands back."""
    return os.getpriority(os.PRIO_PROCESS, pid)
