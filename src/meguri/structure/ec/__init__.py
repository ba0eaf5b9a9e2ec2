"""Criticality after the European Commission: supply risk, economic importance, and their evidence."""
