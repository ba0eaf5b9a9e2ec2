"""The command line, on top of everything; deleting it breaks nothing below."""
