"""meguri 巡り: which process stops, when, and what keeps it running."""
