"""What the web application takes: memory with 20 sessions, and how quickly the API answers during a sweep.

``python -m benchmarks.web`` starts a real server in an empty workspace, lets it compute every page once,
starts a sweep, and then plays 20 people who read pages, tables and files and follow the job, each four
requests a second. Printed, never asserted: the bars are those of the issue.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
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
    return found


async def person(base: str, number: int, reads: list[str], job: str, until: float) -> list[tuple[str, float]]:
    """One session: four requests a second; waiting times [s]."""
    took = []
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        following = asyncio.create_task(_follow(client, job))
        await asyncio.sleep(PAUSE * number / SESSIONS)
        mine = [*reads[number:], *reads[:number], job, JOBS]
        turn = 0
        while time.monotonic() < until:
            address = mine[turn % len(mine)]
            begun = time.perf_counter()
            answer = await client.get(address)
            took.append((address, time.perf_counter() - begun))
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            turn += 1
            await asyncio.sleep(PAUSE)
        following.cancel()
    return took


async def _follow(client: httpx.AsyncClient, job: str) -> None:
    async with client.stream("GET", f"{job}/events", timeout=None) as told:
        async for _ in told.aiter_lines():
            pass


def percentile(values: list[float], share: float) -> float:
    """Value below which a share lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


async def read_along(base: str, reads: list[str], job: str) -> list[tuple[str, float]]:
    """Everybody reads at once."""
    until = time.monotonic() + SECONDS
    parts = await asyncio.gather(*(person(base, n, reads, job, until) for n in range(SESSIONS)))
    return [one for part in parts for one in part]


def main() -> None:
    """Print everything."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "root") as server:
        report("server at rest", memory(server.process.pid), "MB")
        reads = addresses(server)
        job = server.ask(SWEEP)
        while server.state(job)["done"] < 5:
            time.sleep(0.2)
        took = asyncio.run(read_along(str(server.client.base_url), reads, job))
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
