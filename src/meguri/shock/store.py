"""What every run brought, on disk: one file for each field, one row for each run.

A study of many runs on a large chain brings more than fits in memory, and a study that is cancelled
should go on where it stopped. Rows are written as runs end, in any order; tables read them back in
blocks of cells, all runs at a time.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically

if sys.platform != "win32":
    import fcntl

Array = npt.NDArray[Any]
Fields = Mapping[str, tuple[tuple[int, ...], str]]  # name → axes after the run, kind of number
BLOCK_BYTES = 16 << 20  # of one field that are in memory at a time
REQUEST = "request.json"
_DONE = "done"
_BROKEN = (OSError, ValueError)


class Store:
    """Rows of runs in a folder.

    Parameters
    ----------
    fields : mapping
        Name of each field → (axes of one run's row, numpy kind of its numbers).
    runs : int
        Rows of every field.
    folder : Path, optional
        Where the files stand and stay; left out, or where another process works there, a temporary
        folder that goes when this object goes.
    request : str
        What was asked, as a digest: a folder that answers another request is emptied first.

    Raises
    ------
    DataError
        When the folder cannot be written to.

    Examples
    --------
    >>> store = Store({"tts": ((2,), "f8")}, runs=2)
    >>> store.put(1, {"tts": np.array([3.0, 4.0])}); store.put(0, {"tts": np.array([1.0, 2.0])})
    >>> store.over_runs("tts", lambda cells: cells.max(axis=0))
    array([3., 4.])
    """

    def __init__(self, fields: Fields, runs: int, folder: Path | None = None, request: str = "") -> None:
        self.runs = runs
        self._lock = threading.Lock()
        self._fields = {**fields, _DONE: ((), "u1")}
        try:
            self._lock_file = None if folder is None else _held(folder)
            self.lasting = folder is not None and self._lock_file is not None
            if folder is not None and self.lasting:
                self.folder = folder
            else:
                self.folder = Path(tempfile.mkdtemp(prefix="meguri-runs-"))
                weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
            self._paths = {name: self.folder / f"{name}.npy" for name in self._fields}
            if not self._answers(request):
                self._begin(request)
        except OSError as error:
            place = str(folder or tempfile.gettempdir())
            raise DataError(Problem("file_unwritable", place, error.strerror or "", place)) from None
        self.done = np.array(self._open(_DONE, "r"), dtype=bool)

    def _answers(self, request: str) -> bool:
        """Whether the folder holds whole files of the same request."""
        try:
            asked = json.loads((self.folder / REQUEST).read_bytes())["request"]
            return asked == request and all(
                self._open(name, "r").shape == (self.runs, *shape)
                for name, (shape, _) in self._fields.items()
            )
        except (*_BROKEN, KeyError, TypeError):
            return False

    def _begin(self, request: str) -> None:
        """Files of zeros, none of the runs done; the request is written last."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        for name, (shape, kind) in self._fields.items():
            header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False,
                      "shape": (self.runs, *shape)}  # fmt: skip
            with self._paths[name].open("wb") as file:
                np.lib.format.write_array_header_2_0(file, header)
                file.truncate(file.tell() + self.runs * self._row_bytes(name))
        write_atomically(self.folder / REQUEST, json.dumps({"request": request}).encode())

    def _row_bytes(self, name: str) -> int:
        shape, kind = self._fields[name]
        return math.prod(shape) * np.dtype(kind).itemsize

    def _open(self, name: str, mode: Any) -> Array:
        if self.runs * self._row_bytes(name) == 0:  # nothing to map
            shape, kind = self._fields[name]
            return np.zeros((self.runs, *shape), dtype=kind)
        return np.load(self._paths[name], mmap_mode=mode)

    def put(self, run: int, row: Mapping[str, Array]) -> None:
        """Write what one run brought, and only then that it is done."""
        for name, cells in {**row, _DONE: np.ones(())}.items():
            shape, kind = self._fields[name]
            content = np.ascontiguousarray(cells, dtype=kind)
            if content.size != math.prod(shape):
                raise ValueError(f"{name}: {content.shape} is not {shape}")
            with self._lock, self._paths[name].open("r+b") as file:
                file.seek(-(self.runs - run) * self._row_bytes(name), 2)
                file.write(content.tobytes())
        self.done[run] = True

    def whole(self, name: str) -> Array:
        """A field of all runs; axes (run, …). As large as it is: prefer :meth:`over_runs`."""
        return np.array(self._open(name, "r"))

    def rows(self, name: str, first: int, last: int) -> Array:
        """A field of a few runs; axes (run, …)."""
        return np.array(self._open(name, "r")[first:last])

    def over_runs(self, name: str, answer: Callable[[Array], Array]) -> Array:
        """An answer that looks at one cell of all runs at a time, such as a percentile.

        Parameters
        ----------
        name : str
            Field.
        answer : callable
            (run, cell) → (…, cell).

        Returns
        -------
        array (…, axes of one run's row)
        """
        shape, kind = self._fields[name]
        cells = int(np.prod(shape, dtype=np.int64))
        step = max(BLOCK_BYTES // max(self.runs * np.dtype(kind).itemsize, 1), 1)
        parts = []
        for first in range(0, max(cells, 1), step):
            flat = self._open(name, "r").reshape(self.runs, cells)
            parts.append(np.asarray(answer(np.array(flat[:, first : first + step]))))
        found = np.concatenate(parts, axis=-1)
        return found.reshape(*found.shape[:-1], *shape)

    def release(self) -> None:
        """Let another process go on with the folder."""
        if self._lock_file is not None:
            self._lock_file.close()

    def remove(self) -> None:
        """Take the files away; nothing can be read afterwards."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.lasting:
            _lock_of(self.folder).unlink(missing_ok=True)
        self.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def busy(folder: Path) -> bool:
    """Whether another process works in a folder."""
    if not _lock_of(folder).exists():
        return False
    lock = _held(folder)
    if lock is not None:
        lock.close()
    return lock is None


def take_away(folder: Path) -> bool:
    """Take a folder of runs away, unless another process works there; whether it is gone."""
    lock = _held(folder)
    if lock is None:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)
    lock.close()
    return not folder.exists()


def _held(folder: Path) -> IO[bytes] | None:
    """The lock of a folder, which goes with the process; ``None`` where another process works there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = _lock_of(folder).open("ab")
    try:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


class Values:
    """Drawn values of every parameter in every run, on disk; axes (parameter, run).

    Written one parameter after the other, read for a few runs or a few parameters at a time.

    Parameters
    ----------
    path : Path
        File to write.
    columns : iterable of array (run,)
        Values of each parameter.
    parameters, runs : int
        How many of them.
    """

    def __init__(self, path: Path, columns: Iterable[Array], parameters: int, runs: int) -> None:
        self.runs, self.parameters = runs, parameters
        self._path = path
        with path.open("wb") as file:
            for column in columns:
                file.write(np.ascontiguousarray(column, dtype=np.float64).tobytes())

    def _open(self) -> Array:
        shape = (self.parameters, self.runs)
        if 0 in shape:  # nothing to map
            return np.empty(shape)
        return np.memmap(self._path, dtype=np.float64, mode="r", shape=shape)

    def rows(self, first: int, last: int) -> Array:
        """Values of a few runs; axes (run, parameter)."""
        return np.array(self._open()[:, first:last].T, order="C")

    def over_runs(self, answer: Callable[[Array], Array]) -> Array:
        """An answer that looks at one parameter of all runs at a time; (run, parameter) → (…, parameter)."""
        step = max(BLOCK_BYTES // max(8 * self.runs, 1), 1)
        parts = [
            np.asarray(answer(np.array(self._open()[first : first + step].T, order="C")))
            for first in range(0, max(self.parameters, 1), step)
        ]
        return np.concatenate(parts, axis=-1)
