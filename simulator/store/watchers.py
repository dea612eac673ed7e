"""Who wants to hear of changes in which folder, or in all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from simulator.store.interface import Change, Watcher

_log = logging.getLogger(__name__)


class Watchers:
    """Calls the watchers of a folder in the order they came, then those of all folders."""

    def __init__(self) -> None:
        self._of: dict[int | None, list[Watcher]] = {}
        """None stands for every folder."""

    def watch(self, folder: int | None, watcher: Watcher) -> Callable[[], None]:
        """Add one; the returned function takes it away again and may be called twice."""
        entry: list[Watcher] = [watcher]
        self._of.setdefault(folder, []).append(watcher)

        def stop() -> None:
            if entry:
                watchers = self._of[folder]
                watchers.remove(entry.pop())
                if not watchers:
                    del self._of[folder]

        return stop

    def tell(self, change: Change) -> None:
        """One failing watcher keeps nobody else from hearing."""
        for watcher in (*self._of.get(change.folder, ()), *self._of.get(None, ())):
            try:
                watcher(change)
            except Exception:
                _log.exception("a watcher of folder %d failed", change.folder)
