"""Everything that may be done to a running simulator, as plain typed methods: no HTTP, no pages, no test framework."""
