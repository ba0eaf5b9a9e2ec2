"""What was seen: one module for each kind of evidence."""
