"""Words, units, sources, tables and errors: what every layer agrees on."""
