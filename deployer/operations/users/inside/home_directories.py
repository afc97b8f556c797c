"""Rename home directories on volumes that users share; never over anything, and so that it can go on.

    home_directories.py check|move|close PLAN

PLAN is a compressed JSON file with a list `places`, each with the directory `root` and the list `moves` of
pairs: old and new path below it. A place's journal is written before the first move: as long as it is there,
exactly one of each pair exists, which tells what was done. `close` removes it.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = dict[str, Any]

JOURNAL = ".deployer-users.json"


def main(mode: str, plan: str) -> int:
    """Do one of the three steps; return the exit status. What happened is the last line, as JSON."""
    places = json.loads(gzip.decompress(Path(plan).read_bytes()))["places"]
    conflicts = [conflict for place in places for conflict in conflicts_of(place)]
    if mode == "close":
        for place in places:
            journal(place).unlink(missing_ok=True)
        return told({})
    if conflicts:
        told({"conflicts": conflicts})
        return 1
    due = [(place, [move for move in place["moves"] if is_due(place, move)]) for place in places]
    if mode == "move":
        for place, moves in due:
            carry_out(place, moves)
    return told({"homes": sum(len(moves) for _place, moves in due)})


def conflicts_of(place: Place) -> Iterator[str]:
    """Yield in words what stands in the way of a place's moves."""
    planned = planned_moves(place)
    for old, new in place["moves"]:
        is_old, is_new = exists(place, old), exists(place, new)
        began = planned.get(old) == new or planned.get(new) == old
        if is_old and is_new:
            yield f"{old} cannot become {new}: both are there"
        elif is_new and not began:
            yield f"{new} is there already, of somebody else: {old} has nothing to become it"
        elif old in planned and not began and not is_old:
            yield f"{old} became {planned[old]} in a change of names that did not end"


def is_due(place: Place, move: Sequence[str]) -> bool:
    """Tell whether a move is still to be made; who never had a server has nothing to move."""
    return exists(place, move[0])


def carry_out(place: Place, moves: list[tuple[str, str]]) -> None:
    """Write down what is going to be done, then do it."""
    write_journal(place, {**planned_moves(place), **dict(moves)})
    for number, (old, new) in enumerate(moves, start=1):
        source, target = Path(place["root"], old), Path(place["root"], new)
        if os.path.lexists(target):  # rename would replace an empty directory
            raise SystemExit(f"{target} came up meanwhile")
        source.rename(target)
        if number % 100 == 0:
            said(f"{number} of {len(moves)}")
    sync(Path(place["root"]))


def exists(place: Place, path: str) -> bool:
    """Tell whether there is anything at a path of a place, a broken link too."""
    return os.path.lexists(Path(place["root"], path))


def journal(place: Place) -> Path:
    """Return where the journal of a place is."""
    return Path(place["root"], JOURNAL)


def planned_moves(place: Place) -> dict[str, str]:
    """Return the moves of a change that has not ended; none when there is no such change."""
    try:
        return dict(json.loads(journal(place).read_text())["moves"])
    except FileNotFoundError:
        return {}


def write_journal(place: Place, moves: dict[str, str]) -> None:
    """Have the journal on the disk, whole, before anything is moved."""
    path = journal(place)
    beside = path.with_suffix(".new")
    with beside.open("w") as file:
        json.dump({"moves": sorted(moves.items())}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)


def sync(directory: Path) -> None:
    """Have a directory's entries on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def told(what: dict[str, Any]) -> int:
    """Say for programs what happened."""
    said(f"result: {json.dumps(what)}")
    return 0


def said(line: str) -> None:
    """Write a line that can be read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
