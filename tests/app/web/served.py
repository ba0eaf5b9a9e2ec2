"""A real server in a process of its own, for tests that need one."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

COMMAND = [sys.executable, "-c", "from meguri.app.cli import main; main()", "app", "--no-browser"]


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


@contextlib.contextmanager
def serving(root: Path, *more: str, port: int = 0) -> Iterator[tuple[str, subprocess.Popen]]:
    """Address and process of a server over a folder of workspaces; what it says goes to ``server.log``."""
    number = port or free_port()
    log = root.with_suffix(".log")
    with log.open("ab") as said:
        command = [*COMMAND, "--port", str(number), "--workspace", str(root), *more]
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "MEGURI_LANG": "en"})
    url = f"http://127.0.0.1:{number}"
    try:
        _wait(url, process, log)
        yield url, process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/api/v1/pages", timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text(errors="replace")[-2000:])
