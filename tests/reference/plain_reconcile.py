"""Data reconciliation the plain way: one big linear system of Lagrange multipliers, solved at once.

min Σ((x − m)/s)² over measured x, subject to balances @ x = right, constants held and unknowns free.
"""

from __future__ import annotations

import numpy as np


def reconcile(value, sd, balances, right):
    """Values that meet the balances (least-norm choice where the balances leave unknowns open)."""
    n = len(value)
    known = np.isfinite(value)
    fixed = known & (np.where(known, sd, 1.0) == 0)
    weight = np.where(known & ~fixed, 1 / np.where(known & ~fixed, sd, 1.0) ** 2, 0.0)
    holds = np.eye(n)[fixed]
    a = np.vstack([balances, holds])
    b = np.concatenate([right, value[fixed]])
    whole = np.block([[np.diag(weight), a.T], [a, np.zeros((len(a), len(a)))]])
    side = np.concatenate([weight * np.where(known, value, 0.0), b])
    return np.linalg.lstsq(whole, side, rcond=None)[0][:n]


def textbook(x, v, a, b):
    """Formulas of METHODS 3.2 as printed, every flow measured and the balances independent."""
    gain = v @ a.T @ np.linalg.inv(a @ v @ a.T)
    missed = a @ x - b
    return x - gain @ missed, v - gain @ a @ v, float(missed @ np.linalg.inv(a @ v @ a.T) @ missed)
