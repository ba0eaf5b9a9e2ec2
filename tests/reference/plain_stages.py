"""Margins on both sides of a border, one product after the other in plain Python: the twin of the arrays."""

from __future__ import annotations


def pulls(
    price: list[float], inputs: dict[tuple[int, int], float], wedge: list[float], borne: float, passed: float
) -> list[float]:
    """Margin inside less margin outside of every product; ``inputs`` maps (product, input) to an amount."""
    outside: list[float] = []
    inside: list[float] = []
    for product, before in enumerate(price):
        dearer = sum(
            amount * (outside[used] - price[used])
            for (made, used), amount in inputs.items()
            if made == product
        )
        base = before + passed * dearer
        outside.append(base * (1 + wedge[product]) ** borne)
        inside.append(outside[-1] / (1 + wedge[product]))

    def margin(prices: list[float], product: int) -> float:
        bought = sum(amount * prices[used] for (made, used), amount in inputs.items() if made == product)
        return prices[product] - bought

    return [margin(inside, product) - margin(outside, product) for product in range(len(price))]
