"""The configuration: one YAML file in, one checked ``Configuration`` out, or every mistake at once."""

from simulator.config.configuration import Configuration, load
from simulator.config.mistakes import ConfigurationError, Mistake
from simulator.config.settings import Access, Dns, Http, JournalKeeping, Limits, Pki, Relay

__all__ = [
    "Access", "Configuration", "ConfigurationError", "Dns", "Http", "JournalKeeping", "Limits", "Mistake", "Pki",
    "Relay", "load",
]
