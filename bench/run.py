"""The command behind ``make bench``: measures the simulator beside its peers and prints a Markdown table."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from bench.command import main

    sys.exit(main())
