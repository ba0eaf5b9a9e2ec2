"""What comes back, and what it can still do: stocks, function states, routes and losses."""
