"""SEARCH: keys become small tests (keys), tests are run over the view (run)."""
