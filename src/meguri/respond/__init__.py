"""What one can do about it: measures, plans on two axes that are never merged, and what they cost."""
