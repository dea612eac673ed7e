"""What was measured: samples by row and server, and the table made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.load.drive import Measured

_BUSY = 0.85
"""Share of a core from which the generator may be what is measured."""
_NOISE = 0.25
"""Cores that other programs may take."""
_LESS_IS_BETTER = {"ms", "s", "MiB"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``unit`` is one of ``msg/s``, ``/s``, ``ms``, ``s``, ``MiB``."""

    group: str
    what: str
    unit: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of one server, or why there is none."""

    value: float = 0.0
    server_cpu: float | None = None
    """Microseconds of processor time for one unit."""
    p99: float | None = None
    """Milliseconds, where ``value`` is a median."""
    busy: bool = False
    """The generator may be what is measured."""
    disturbed: bool = False
    """Other programs took processor time that was missing here."""
    failure: str = ""

    @classmethod
    def of(cls, measured: Measured, unit: str) -> Sample:
        """From what a generator reports."""
        in_time = unit == "ms"
        return cls(
            measured.p50 * 1e3 if in_time else measured.rate,
            measured.server_cpu / measured.units * 1e6,
            measured.p99 * 1e3 if in_time else None,
            not in_time and measured.own_cpu > _BUSY * measured.seconds,
            measured.others_cpu > _NOISE * measured.seconds,
        )


@dataclass(slots=True)
class Figures:
    """Every sample; ``servers`` in the order of the columns, ours first, each with where it keeps a letter."""

    servers: dict[str, str]
    rows: dict[Row, dict[str, list[Sample]]] = field(default_factory=dict)

    def add(self, row: Row, server: str, sample: Sample) -> None:
        """Remember one sample."""
        self.rows.setdefault(row, {}).setdefault(server, []).append(sample)

    @property
    def failures(self) -> list[tuple[str, Row, str]]:
        """Server, row and reason."""
        return [(server, row, sample.failure) for row, by_server in self.rows.items()
                for server, samples in by_server.items() for sample in samples if sample.failure]

    def as_data(self) -> list[dict[str, object]]:
        """For programs: a line for each row and server."""
        return [
            {"group": row.group, "what": row.what, "unit": row.unit, "server": server,
             "samples": [s.value for s in samples if not s.failure],
             "server_cpu_us": [s.server_cpu for s in samples if s.server_cpu is not None],
             "failures": [s.failure for s in samples if s.failure]}
            for row, by_server in self.rows.items() for server, samples in by_server.items()
        ]

    def as_table(self) -> Iterator[str]:
        """Markdown lines: one table for each group."""
        for group in dict.fromkeys(row.group for row in self.rows):
            rows = [row for row in self.rows if row.group == group]
            columns = [name for name in self.servers if any(name in self.rows[row] for row in rows)]
            heads = [f"{name} ({self.servers[name]})" for name in columns]
            yield from ("", f"| {group} | " + " | ".join(heads) + " |", "|---" * (len(columns) + 1) + "|")
            for row in rows:
                cells = [self._cell(row, name) for name in columns]
                yield f"| {row.what}, {row.unit} | " + " | ".join(cells) + " |"
        if self.failures:
            yield ""
        yield from (f"FAILED  {server}, {row.what}: {why}" for server, row, why in self.failures)

    def _cell(self, row: Row, server: str) -> str:
        samples = _good(self.rows[row].get(server, ()))
        if not samples:
            return "failed" if server in self.rows[row] else "–"
        value = median(sample.value for sample in samples)
        text = written(value) + "*" * any(s.busy for s in samples) + "~" * any(s.disturbed for s in samples)
        if (late := _median(sample.p99 for sample in samples)) is not None:
            text += f", p99 {written(late)}"
        if (cpu := _median(sample.server_cpu for sample in samples)) is not None:
            text += f" · {written(cpu)} µs"
        ours = _good(self.rows[row].get(next(iter(self.servers)), ()))
        if server == next(iter(self.servers)) or not ours or not value:
            return text
        ratio = median(sample.value for sample in ours) / value
        return f"{text} (×{written(1 / ratio if row.unit in _LESS_IS_BETTER else ratio)})"


def written(value: float) -> str:
    """Three digits at least."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _good(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if not sample.failure]


def _median(values: Iterator[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
