"""The chain a command is about: an example, a workbook, a folder, or the example that holds a node."""

from __future__ import annotations

from pathlib import Path

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.terms import suggest
from meguri.structure.chain import Chain
from meguri.structure.read import example_names
from meguri.structure.recovered import with_recovered


def open_chain(name: str) -> Chain:
    """A chain from an example's name, a workbook or a folder."""
    path = Path(name)
    if path.is_dir():
        return Chain.from_folder(path)
    if path.suffix.lower() == ".csv":
        raise DataError(Problem("chain_is_csv", "--chain", name, name))
    if path.suffix.lower() in (".xlsx", ".xlsm") or path.is_file():
        return Chain.from_excel(path)
    return Chain.example(name)


def with_supply(chain: Chain, recovered: Path | None) -> Chain:
    """The chain, with recovered supply from a file where one is named."""
    return chain if recovered is None else with_recovered(chain, read_csv(recovered), str(recovered))


def chain_with(node: str | None, name: str | None) -> Chain:
    """The chain named, or the packaged chain that holds a node.

    Raises
    ------
    DataError
        When neither is named, or no packaged chain holds the node (with the nearest node of all).
    """
    if name is not None:
        return open_chain(name)
    chains = [Chain.example(example) for example in reversed(example_names())]
    found = next((chain for chain in chains if (chain.nodes["node"] == node).any()), None)
    if found is None:
        every = sorted({key for chain in chains for key in chain.nodes["node"]})
        details = {"near": suggest(node or "", every) or "jp-xev", "chains": ", ".join(example_names())}
        raise DataError(Problem("exposure_node", "--node", node or "", details=details))
    return found
