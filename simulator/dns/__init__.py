"""The names of the trust space: an authoritative DNS server, and the lookup that the relay uses."""
