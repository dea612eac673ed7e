"""FETCH: what was asked (items), how it is said (render)."""
