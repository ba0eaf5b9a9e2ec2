"""The slow, plain twin of ``meguri.structure.dependency``: every path walked one by one.

Written from the definition in the docstring of that module, with lists and dictionaries only.
"""

from __future__ import annotations

from collections.abc import Iterator

from meguri.structure.chain import Chain

Path = tuple[str, ...]
UNKNOWN = ("XX", "ROW", "WLD")


class Plain:
    """A chain as dictionaries: for each node its inputs, for each input its suppliers and shares."""

    def __init__(self, chain: Chain) -> None:
        self.country = dict(zip(chain.nodes["node"], chain.nodes["country"], strict=True))
        product = dict(zip(chain.nodes["node"], chain.nodes["material"], strict=True))
        self.inputs: dict[str, dict[str, float]] = {node: {} for node in product}  # loss without the input
        for row in chain.recipes.itertuples():
            loss = {"essential": 1.0, "important": row.loss, "minor": 0.0}[row.essentiality]
            if loss > 0:
                self.inputs[row.node][row.input] = float(loss)
        self.hosts: dict[tuple[str, str], str] = {}
        for row in chain.recipes.itertuples():
            if row.host:
                self.hosts[row.node, row.input] = row.host
        self.shares: dict[tuple[str, str], dict[str, float]] = {}
        for row in chain.flows.itertuples():
            if row.qualified and row.amount > 0:
                amounts = self.shares.setdefault((row.customer, product[row.supplier]), {})
                amounts[row.supplier] = float(row.amount)
        for amounts in self.shares.values():
            whole = sum(amounts.values())
            for supplier in amounts:
                amounts[supplier] /= whole

    def suppliers(self, node: str, product: str) -> dict[str, float]:
        """Suppliers of an input and their shares: a by-product's host, an unknown one if none is given."""
        if (node, product) in self.hosts:
            return {self.hosts[node, product]: 1.0}
        return self.shares.get((node, product), {f"?{product}": 1.0})

    def steps(self, node: str) -> Iterator[tuple[str, float]]:
        """Next nodes of the walk and their chances."""
        inputs = self.inputs.get(node, {})
        for product, loss in inputs.items():
            for supplier, share in self.suppliers(node, product).items():
                yield supplier, loss / sum(inputs.values()) * share

    def meets(self, node: str, country: str, unknown: bool) -> bool:
        """Whether the walk ends at a node; with ``unknown`` an unknown country counts as the one asked."""
        where = self.country.get(node, "XX")
        return where == country or (unknown and where in UNKNOWN)

    def paths(
        self, node: str, country: str, unknown: bool = False, longest: int = 50
    ) -> Iterator[tuple[Path, float]]:
        """Every first-passage path and its chance; on circles only those of some length."""
        begun: list[tuple[Path, float]] = [((node,), 1.0)]
        while begun:
            path, weight = begun.pop()
            for supplier, chance in self.steps(path[-1]):
                if self.meets(supplier, country, unknown):
                    yield (*path, supplier), weight * chance
                elif len(path) < longest:
                    begun.append(((*path, supplier), weight * chance))

    def total(self, node: str, country: str, unknown: bool = False, tiers: int = 50) -> float:
        """Exposure: the sum over the paths."""
        return sum(weight for _, weight in self.paths(node, country, unknown, tiers))

    def worst(self, node: str, country: str, unknown: bool = False, tiers: int = 50) -> float:
        """Share of output lost: the worst input at every node."""
        if tiers == 0:
            return 0.0
        lost = [
            loss
            * sum(
                share
                * (
                    1.0
                    if self.meets(supplier, country, unknown)
                    else self.worst(supplier, country, unknown, tiers - 1)
                )
                for supplier, share in self.suppliers(node, product).items()
            )
            for product, loss in self.inputs.get(node, {}).items()
        ]
        return max(lost, default=0.0)
