"""What the web application takes: memory with 20 sessions, and how quickly the API answers during a sweep.

``python -m benchmarks.web`` starts a real server in an empty workspace, lets it compute every page once,
starts a sweep, and then plays 20 people who read pages, tables and files and follow the job, each four
requests a second. Printed, never asserted: the bars are those of the issue.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.app.web.real import JOBS, Server, memory

from benchmarks.__main__ import report

SESSIONS = 20
SECONDS = 20.0  # [s] of reading
PAUSE = 0.25  # [s] between two requests of one person
SWEEP = {"scenario": "2025-medium-heavy-rare-earths", "chain": "", "runs": "5000", "seed": "11"}


def addresses(server: Server) -> list[str]:
    """What people read: every page as HTML and JSON in both languages, its tables by page and as CSV."""
    found = []
    for page in server.client.get("/api/v1/pages").json()["pages"]:
        key = page["page"]
        for lang in ("ja", "en"):
            answer = server.client.get(f"/api/v1/pages/{key}", params={"lang": lang}, timeout=600)
            if answer.status_code != 200:
                print(f"  {key} ({lang}) does not answer: {answer.status_code}", file=sys.stderr)
                continue
            found += [f"/{lang}/{key}", f"/api/v1/pages/{key}?lang={lang}"]
            tables = [one["key"] for section in answer.json()["sections"] for one in section["tables"]]
            found += [f"/api/v1/pages/{key}/tables/{name}.csv?lang={lang}" for name in tables[:2]]
            found += [f"/api/v1/pages/{key}/tables/{name}?lang={lang}&limit=100" for name in tables[:1]]
    for address in found:
        server.client.get(address)
    return found


class Reader:
    """One connection that is kept open, and as little of HTTP as it takes: the clock is for the server."""

    def __init__(self, place: tuple[str, int]) -> None:
        self.place = place

    async def open(self) -> None:
        """Connect."""
        self.incoming, self.outgoing = await asyncio.open_connection(*self.place, limit=1 << 20)

    async def get(self, address: str) -> int:
        """Ask, read all of the answer, and give its status."""
        self._ask(address)
        head = (await self.incoming.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("content-length:")[2].partition("\r\n")[0]
        await self.incoming.readexactly(int(length))
        return int(head.split()[1])

    async def follow(self, address: str) -> None:
        """Read a stream for ever."""
        self._ask(address)
        while await self.incoming.read(1 << 16):
            pass

    def _ask(self, address: str) -> None:
        asked = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"
        self.outgoing.write(asked.encode())


async def person(
    place: tuple[str, int], number: int, reads: list[str], job: str, until: float
) -> list[tuple[str, float]]:
    """One session: four requests a second and a stream; waiting times [s]."""
    reader, follower = Reader(place), Reader(place)
    await asyncio.gather(reader.open(), follower.open())
    following = asyncio.create_task(follower.follow(f"{job}/events"))
    await asyncio.sleep(PAUSE * number / SESSIONS)
    took: list[tuple[str, float]] = []
    mine = [*reads[number:], *reads[:number]]
    while time.monotonic() < until:
        address = (*mine, job, JOBS)[len(took) % (len(mine) + 2)]
        begun = time.perf_counter()
        status = await reader.get(address)
        took.append((address, time.perf_counter() - begun))
        assert status == 200, f"{address}: {status}"
        await asyncio.sleep(PAUSE)
    following.cancel()
    return took


def percentile(values: list[float], share: float) -> float:
    """Value below which a share lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


async def read_along(place: tuple[str, int], reads: list[str], job: str) -> list[tuple[str, float]]:
    """Everybody reads at once."""
    until = time.monotonic() + SECONDS
    parts = await asyncio.gather(*(person(place, n, reads, job, until) for n in range(SESSIONS)))
    return [one for part in parts for one in part]


def processor(pid: int) -> float:
    """Time a process has had on a processor [s]."""
    cells = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "root") as server:
        report("server at rest", memory(server.process.pid), "MB")
        reads = addresses(server)
        job = server.ask(SWEEP)
        while server.state(job)["done"] < 5:
            time.sleep(0.2)
        url = server.client.base_url
        began, worked = time.monotonic(), processor(server.process.pid)
        took = asyncio.run(read_along((url.host, url.port or 80), reads, job))
        share = (processor(server.process.pid) - worked) / (time.monotonic() - began)
        state = server.state(job)
        report(
            f"server, {SESSIONS} sessions and their streams (at most 120)", memory(server.process.pid), "MB"
        )
        for name, part in (("API", "/api/"), ("HTML", "")):
            times = [1e3 * one for address, one in took if address.startswith("/api/") == bool(part)]
            report(
                f"{name} while a sweep runs, {len(times)} requests: median", statistics.median(times), "ms"
            )
            bar = " (at most 50)" if part else ""
            report(f"  p95{bar}", percentile(times, 0.95), "ms")
            report("  slowest", max(times), "ms")
        report("processor the server takes", 100 * share, "%")
        slowest = max(took, key=lambda one: one[1])[0]
        print(
            f"  slowest address: {slowest}; the sweep was {state['state']} at {state['done']}/{state['of']}"
        )
        for pid in server.workers():
            report(f"  worker {pid}", memory(pid), "MB")
        server.client.delete(job)
        server.ended(job)


if __name__ == "__main__":
    main()
