"""The web application: a thin server in front of worker processes that compute.

The server process imports neither pandas nor the model: it routes, keeps files and hands out finished
documents. `questions` (what a page may be asked) and `desk` (what lies in a workspace) are read by both
sides; `pages`, `kinds` and `view` live in the workers only.
"""
