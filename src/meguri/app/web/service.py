"""What the routes share: settings, workspaces, workers and computed views. Thin."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from meguri.app.web.cache import BusyError, Stored, Views, Wanted, prune
from meguri.app.web.desk import Desk
from meguri.app.web.jobs import Jobs, Limits
from meguri.app.web.pool import BrokenError, Pool, RefusedError, StoppedError, Worker
from meguri.app.web.problems import WebError, rows_of
from meguri.app.web.question import Asked, Question
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.store import MissingError, Store
from meguri.app.web.worker import problem_row
from meguri.app.web.written import Written
from meguri.base.errors import MeguriError
from meguri.base.terms import Lang, label

DEFAULT = "default"
OUTSIDE = ("lang", "workspace", "token", "now")  # parameters of every page, read before its own
BEHIND = 5  # how much long work stands back: pages go first, and it still gets on beside other programs
QUICK = "meguri.app.web.views"
FIRST_JOB = "meguri.app.web.kinds.stress"


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes
    ----------
    root : Path
        Folder of the workspaces.
    host, port
        Where it listens.
    token : str or None
        Needed by every request when given.
    lang : {"en", "ja"}
        Language of pages for readers whose browser names neither.
    workers : int
        Processes that compute views.
    warm : bool
        Whether the first pages are computed before anyone asks.
    job_workers : int
        Processes that do long work, behind all others.
    jobs : Limits
        What long work may take.
    """

    root: Path
    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None
    lang: Lang = "en"
    workers: int = 2
    warm: bool = False
    job_workers: int = 1
    jobs: Limits = field(default_factory=Limits)


class Service:
    """Everything a route needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.root)
        self.pool = Pool(settings.workers, preload=(QUICK,))
        self.views = Views(self.pool)
        self.written = Written()
        hands = [Worker(nice=BEHIND, preload=(FIRST_JOB,)) for _ in range(settings.job_workers)]
        self.jobs = Jobs(hands, settings.jobs)
        self.store.on_delete.append(lambda key: self.jobs.drop(self.store.folder(key)))
        self._warming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what is on disk and start the workers."""
        self.folder(DEFAULT)
        for one in self.store.workspaces():
            prune(one.folder)
        await self.pool.start()
        self.jobs.start(one.folder for one in self.store.workspaces())
        if self.settings.warm:
            self._warming = asyncio.create_task(self._warm())

    async def stop(self) -> None:
        """End the workers."""
        if self._warming is not None:
            self._warming.cancel()
        await self.jobs.stop()
        await self.pool.stop()

    async def _warm(self) -> None:
        """Compute what most readers open first, one view at a time and behind every other request."""
        langs: list[Lang] = ["ja", "en"] if self.settings.lang == "ja" else ["en", "ja"]
        await self._first_answer(langs[0])
        for lang in langs:
            for question in QUESTIONS.values():
                with contextlib.suppress(WebError, OSError):
                    wanted = self.wanted(DEFAULT, question, {}, lang)
                    await self.view(wanted, urgent=False)

    async def _first_answer(self, lang: Lang) -> None:
        """Begin what the overview waits for first: who stops when, with the chain and scenario packaged."""
        with contextlib.suppress(WebError, MeguriError, OSError):
            wanted = self.wanted(DEFAULT, QUESTIONS["overview"], {}, lang)
            told = (await self.view(wanted, urgent=False)).document()
            for run in told["runs"][:1]:
                self.jobs.submit(wanted.workspace, run["kind"], run["params"])

    def folder(self, workspace: str) -> Path:
        """Folder of a workspace; ``default`` is the first one, made when there is none."""
        if workspace == DEFAULT:
            return self.store.first(label("first_workspace", self.settings.lang, "web_api")).folder
        try:
            return self.store.folder(workspace)
        except MissingError as error:
            raise WebError(
                404, "no_workspace", [problem_row(one, error.file) for one in error.problems]
            ) from None

    def workspaces(self) -> list[tuple[str, str]]:
        """Id and name of all workspaces: the one an address need not name, then the others by name."""
        home = self.folder(DEFAULT).name
        listed = sorted(self.store.workspaces(), key=lambda one: one.id != home)
        return [(one.id, one.name) for one in listed]

    def wanted(
        self, workspace: str, question: Question, query: Mapping[str, Sequence[str]], lang: Lang
    ) -> Wanted:
        """The view that a query asks for.

        Raises
        ------
        WebError
            With every parameter that is wrong.
        """
        folder = self.folder(workspace)
        own = {name: texts for name, texts in query.items() if name not in OUTSIDE}
        try:
            asked = question.read(own, Desk(folder), lang)
        except MeguriError as error:
            raise WebError(422, "bad_query", rows_of(error, lang)) from None
        return Wanted(folder, question.key, asked, lang)

    async def view(self, wanted: Wanted, *, urgent: bool = True) -> Stored:
        """A view, computed if need be; every way of failing as a problem in plain words."""
        try:
            return await self.views.get(wanted, urgent=urgent)
        except BusyError:
            raise WebError(503, "busy", retry_after="5") from None
        except (RefusedError, BrokenError, StoppedError) as error:
            raise failed(error) from None

    def asked_by_default(self, question: Question, workspace: str, lang: Lang) -> Asked:
        """What a page is asked when the address says nothing."""
        return self.wanted(workspace, question, {}, lang).asked


def failed(error: RefusedError | BrokenError | StoppedError) -> WebError:
    """What a worker's refusal or failure is to the reader."""
    if isinstance(error, RefusedError):
        return WebError(422, "refused", error.problems)
    if isinstance(error, StoppedError):
        return WebError(409, "was_cancelled")
    slow = str(error) == "timeout"
    return WebError(504 if slow else 500, "took_too_long" if slow else "our_fault")
