"""The nouns of the trust space: plain frozen values, known to every level, knowing none."""
