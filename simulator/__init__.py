"""A local, faithful, self-explaining copy of the MSSanté trust space."""

__version__ = "0.1.0"
