"""What was seen: one module per kind of evidence, each giving a checked table."""
