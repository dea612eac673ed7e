"""``python -m fuzz``: some seconds of damaged dialogues for each door and seed; status 1 when something is wrong."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fuzz.campaign import Again, Campaign, a_target, explain, say
from fuzz.dialogues import DIALOGUES
from fuzz.mutations import damaged
from fuzz.steps import Dialogue

MOST_EXPLAINED = 3


def main() -> int:
    """Read the arguments and run."""
    asked = _arguments()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    kins = sorted(DIALOGUES) if asked.door == "all" else [asked.door]
    if asked.replay:
        return _again(Dialogue.from_json(asked.replay.read_text()), folder)
    if asked.only:
        return max(_again(damaged(kin, asked.seed[0], asked.only), folder) for kin in kins)
    each = asked.seconds / (len(kins) * len(asked.seed))
    return max([_run(kin, seed, each, folder) for kin in kins for seed in asked.seed])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of all runs together (60)")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one run for each (1)")
    parser.add_argument("--door", choices=[*sorted(DIALOGUES), "all"], default="all")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="play one dialogue of the seed, and show it")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a dialogue from a file, and show it")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for failing dialogues (a temporary folder)")
    return parser.parse_args()


def _again(dialogue: Dialogue, folder: Path) -> int:
    say(str(dialogue))
    with Again(folder) as again:
        wrong = again.wrong(dialogue)
    say("\n".join(wrong) or "all was well")
    return int(bool(wrong))


def _run(kin: str, seed: int, seconds: float, folder: Path) -> int:
    with a_target(folder) as target:
        result = Campaign(target, kin, seed).run(seconds)
        told = target.told
    say(f"{kin} seed {seed}: {result.played} dialogues in {seconds:.0f} s, {told} events; a neighbour waited at most "
        f"{result.longest:.2f} s ({result.slowest}); memory grew by {result.growth / 1e6:.1f} MB; "
        f"{len(result.failures)} failures")
    for failure in result.failures[:MOST_EXPLAINED]:
        explain(failure, folder)
    return int(bool(result.failures))


if __name__ == "__main__":
    raise SystemExit(main())
