"""What goes, or becomes a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.lines import begins_line, line_end, line_start, line_starts, next_line
from deployer.fleet.editing.splice import Splice, after, leading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from deployer.fleet.editing.edits import CommentOut, DeleteEntry, RemoveComment
    from deployer.fleet.editing.places import Place, Places
    from deployer.fleet.positions import KeyPath


def delete(places: Places, edit: DeleteEntry, gone: Collection[KeyPath]) -> Iterator[Splice]:
    """Return the cut of one entry; `gone` has the paths of all that are cut with it."""
    place = places.find(edit.at)
    left = _left(places, place, edit.at, gone)
    if place.owner.style == "flow":
        yield _cut_from_flow(places, place)
    elif begins_line(places.text, place.start):
        yield Splice(line_start(places.text, place.start), after(places, place), "")
    elif place.index:
        raise EditRefused("it does not begin a line")
    else:
        yield _cut_from_item(places, place, left[0])


def comment_out(places: Places, edit: CommentOut, gone: Collection[KeyPath]) -> Iterator[Splice]:
    """Return a mark of a comment for each line of an entry; `gone` as for those that are cut."""
    place = places.find(edit.at)
    _left(places, place, edit.at, gone)
    if place.owner.style == "flow" or not begins_line(places.text, place.start):
        raise EditRefused("it shares its lines with something else")
    first = line_start(places.text, place.start)
    indent = place.start - first
    for start in line_starts(places.text, first, after(places, place)):
        line = places.text[start : line_end(places.text, start)]
        if line.strip():
            at = start + min(indent, leading(line))
            yield Splice(at, at, "# ")


def remove_comment(places: Places, edit: RemoveComment) -> Iterator[Splice]:
    """Return the cut of a comment."""
    starts = line_starts(places.text, 0, len(places.text))
    line = starts[edit.mark.line - 1] if edit.mark.line <= len(starts) else len(places.text)
    at = line + edit.mark.column - 1
    if places.text[at : at + 1] != "#" or (places.text[line:at].strip() and places.text[at - 1] not in " \t"):
        raise EditRefused("no comment begins there")
    if begins_line(places.text, at):
        yield Splice(line, next_line(places.text, at), "")
    else:
        yield Splice(line + len(places.text[line:at].rstrip()), line_end(places.text, at), "")


def _left(places: Places, place: Place, at: KeyPath, gone: Collection[KeyPath]) -> list[Place]:
    """Return what stays of the map or list that a place is in; of a whole file that may be nothing."""
    left = [each for each in places.siblings(place) if (*at[:-1], each.name) not in gone]
    if not left and not (place.owner is places.root and place.key):
        raise EditRefused("nothing would be left beside it: choose what it is in")
    return left


def _cut_from_flow(places: Places, place: Place) -> Splice:
    siblings = places.siblings(place)
    if place.index + 1 < len(siblings):
        cut = Splice(place.start, siblings[place.index + 1].start, "")
    else:
        start = siblings[place.index - 1].end if place.index else place.start
        cut = Splice(start, place.end, "")
    between = places.text[cut.start : cut.end].replace(places.text[place.start : place.end], "", 1)
    if between.strip(" \t\r\n,"):
        raise EditRefused("a comment stands beside it")
    return cut


def _cut_from_item(places: Places, place: Place, following: Place) -> Splice:
    """Cut what begins behind `- `, up to the first entry that stays."""
    cut = places.siblings(place)[: following.index]
    ends = (after(places, each) for each in cut)
    starts = (each.start for each in (*cut[1:], following))
    if not any(places.text[end:start].strip() for end, start in zip(ends, starts, strict=True)):
        return Splice(place.start, following.start, "")
    before = places.text[: place.start].rstrip(" ")
    return Splice(len(before), line_end(places.text, place.end), "")
