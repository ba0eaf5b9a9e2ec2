"""What comes back: stocks by cohort, function states, routes and what they keep of the function."""
