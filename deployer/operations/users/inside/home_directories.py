"""Rename home directories on volumes that users share; never over anything, and so that it can go on.

    home_directories.py check|move|close PLAN

PLAN is a compressed JSON file with the present names of all `users`, and a list `places`, each with the
directory `root` and the list `moves`: old and new path below it, old and new name of the user. A place's
journal is written before the first move: as long as it is there, exactly one of both paths exists, which says
what was done. `close` removes it.
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
    content = json.loads(gzip.decompress(Path(plan).read_bytes()))
    places = [{**place, "planned": planned_moves(place, content["users"])} for place in content["places"]]
    conflicts = [line for place in places for line in conflicts_of(place, content["users"])]
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


def conflicts_of(place: Place, users: Sequence[str]) -> Iterator[str]:
    """Yield in words what stands in the way of a place's moves.

    What is at a new path is the user's own when the user has the new name already.
    """
    planned = {old: new for old, new, *_names in place["planned"]}
    for old, new, _user, renamed in place["moves"]:
        is_old, is_new = exists(place, old), exists(place, new)
        began = planned.get(old) == new or planned.get(new) == old
        if is_old and is_new:
            yield f"{old} cannot become {new}: both are there"
        elif is_new and not began and renamed not in users:
            yield f"{new} is there already, of somebody else: {old} has nothing to become it"
        elif old in planned and not began and not is_old:
            yield f"{old} became {planned[old]} in a change of names that did not end"


def is_due(place: Place, move: Sequence[str]) -> bool:
    """Tell whether a move is still to be made; who never had a server has nothing to move."""
    return exists(place, move[0])


def carry_out(place: Place, moves: list[list[str]]) -> None:
    """Write down what is going to be done, then do it."""
    write_journal(place, [*place["planned"], *(move for move in moves if move not in place["planned"])])
    for number, (old, new, *_names) in enumerate(moves, start=1):
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


def planned_moves(place: Place, users: Sequence[str]) -> list[list[str]]:
    """Return the moves of a change that has not ended: those whose users have not got their new names."""
    try:
        moves = json.loads(journal(place).read_text())["moves"]
    except FileNotFoundError:
        return []
    known = set(users)
    return [move for move in moves if move[2] in known or move[3] not in known]


def write_journal(place: Place, moves: list[list[str]]) -> None:
    """Have the journal on the disk, whole, before anything is moved."""
    path = journal(place)
    beside = path.with_suffix(".new")
    with beside.open("w") as file:
        json.dump({"moves": moves}, file)
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
