"""Figures: pure functions of tables that return a Chart."""
