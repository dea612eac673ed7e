"""The HTTP door: the control API for programs and a page that says what is there.

``door.py`` is all that starting imports. The rest, with FastAPI and uvicorn, waits for the first connection.
"""

from simulator.web.door import WebDoor
from simulator.web.surroundings import Surroundings

__all__ = ["Surroundings", "WebDoor"]
