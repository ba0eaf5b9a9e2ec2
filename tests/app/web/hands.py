"""A worker for tests: does what the test says, when the test says so, and writes as the real one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meguri.app.web.pool import BrokenError, RefusedError, StoppedError
from meguri.app.web.whole import PART, move_whole

PROBLEM = {"key": "share", "place": "a", "found": "b", "expected_en": "c", "expected_ja": "c",
           "way_out_en": "d", "way_out_ja": "d"}  # fmt: skip


class FakeHand:
    """Waits for `finish`, `refuse`, `break_down` or `step`; heeds a cancel when it is ``kind``."""

    def __init__(self, *, kind: bool = True) -> None:
        self.kind, self.asked, self.kills = kind, [], 0
        self.pid: int | None = None
        self._told: Callable[[int, int], None] | None = None
        self._end: asyncio.Future[Any] | None = None

    async def ask(
        self,
        task: str,
        args: Mapping[str, Any],
        told: Callable[[int, int], None] | None = None,
        patience: float | None = None,
    ) -> Any:
        self.asked.append(dict(args))
        self._told, self._end = told, asyncio.get_running_loop().create_future()
        self.part = Path(args["folder"]) / "answers" / f"{PART}{args['record']['id']}"
        self.part.mkdir(parents=True, exist_ok=True)
        (self.part / "half").write_text("of an answer")
        try:
            return await self._end
        except asyncio.CancelledError:
            self.kills += 1
            raise
        finally:
            self._end = None

    @property
    def busy(self) -> bool:
        return self._end is not None and not self._end.done()

    def step(self, done: int, of: int) -> None:
        assert self._told is not None
        self._told(done, of)

    def finish(self) -> None:
        assert self._end is not None
        record = self.asked[-1]["record"]
        (self.part / "done.json").write_text(json.dumps(record | {"state": "done"}))
        move_whole(self.part, self.part.with_name(record["id"]))
        self._end.set_result(None)

    def refuse(self) -> None:
        assert self._end is not None
        self._end.set_exception(RefusedError([PROBLEM]))

    def break_down(self, how: str = "died") -> None:
        assert self._end is not None
        self._end.set_exception(BrokenError(how))

    async def cancel(self) -> None:
        if self.kind and self.busy:
            assert self._end is not None
            self._end.set_exception(StoppedError())

    async def kill(self) -> None:
        pass
