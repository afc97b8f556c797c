"""What the program for homes does to a real directory, and what it leaves alone."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.users import inside
from tests.operations.users.carrying_out import plan_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROGRAM = Path(str(inside.__file__)).with_name("home_directories.py")
USERS = ["ada!", "bob!", "eve!", "carol!"]
"""Names, before they change. They are not those of the directories."""
PAIRS = [["ada", "ada-40x"], ["bob", "bob-40x"], ["eve", "eve-40x"]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Homes of ada and bob; eve never had a server. A directory that all share, and somebody else's."""
    made = tmp_path / "homes"
    for path in ("ada/work.txt", "bob/.bashrc", "_shared/data.csv", "carol/notes"):
        (made / path).parent.mkdir(parents=True)
        (made / path).write_text(path)
    return made


@pytest.fixture
def program(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a step of the program for moves; returns its status and what it said."""
    main = runpy.run_path(str(PROGRAM))["main"]

    def run(
        mode: str, moves: Sequence[Sequence[str]] = PAIRS, users: Sequence[str] = USERS
    ) -> tuple[int, str]:
        named = [[old, new, f"{old}!", f"{new}!"] for old, new in moves]
        plan: dict[str, Any] = {"places": [{"root": str(root), "moves": named}], "users": users}
        status = main(mode, plan_file(tmp_path, plan))
        return status, capsys.readouterr().out

    return run


def tree(root: Path) -> dict[str, str]:
    """Every file below a directory with its content."""
    return {
        str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()
    }


MOVED = {
    "_shared/data.csv": "_shared/data.csv",
    "ada-40x/work.txt": "ada/work.txt",
    "bob-40x/.bashrc": "bob/.bashrc",
    "carol/notes": "carol/notes",
}


def test_homes_move_and_nothing_else_does(root: Path, program: Any) -> None:
    assert program("check") == (0, 'result: {"homes": 2}\n')
    assert program("move") == (0, 'result: {"homes": 2}\n')
    assert program("close") == (0, "result: {}\n")
    assert tree(root) == MOVED


def test_a_check_changes_nothing(root: Path, program: Any) -> None:
    before = tree(root)
    program("check")
    assert tree(root) == before


def test_a_home_that_is_there_already_is_never_replaced(root: Path, program: Any) -> None:
    """Not even an empty one, which a rename would replace."""
    (root / "bob-40x").mkdir()
    (root / "eve-40x").mkdir()
    before = tree(root)
    conflicts = (
        '["bob cannot become bob-40x: both are there", '
        '"eve-40x is there already, of somebody else: eve has nothing to become it"]'
    )
    for mode in ("check", "move"):
        assert program(mode) == (1, f'result: {{"conflicts": {conflicts}}}\n')
    assert tree(root) == before
    assert (root / "bob-40x").exists()


def test_a_broken_link_counts_as_there(root: Path, program: Any) -> None:
    (root / "ada-40x").symlink_to("nowhere")
    assert program("move")[0] == 1
    assert (root / "ada-40x").is_symlink()


class Killed(Exception):
    """Stands for the end of the program in the middle of its work."""


def killed_after(moves: int, program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the program and have it end before it makes one more move."""
    rename, left = Path.rename, [moves]

    def until(self: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", until)
        if moves < 2:
            with pytest.raises(Killed):
                program("move")
        else:
            program("move")


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_what_was_killed_goes_on(
    root: Path, program: Any, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    killed_after(moves, program, monkeypatch)
    assert program("check")[0] == 0
    assert program("move") == (0, f'result: {{"homes": {2 - moves}}}\n')
    program("close")
    assert tree(root) == MOVED


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_what_was_killed_goes_back(
    root: Path, program: Any, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    before = tree(root)
    killed_after(moves, program, monkeypatch)
    back = [[new, old] for old, new in PAIRS]
    assert program("check", back)[0] == 0
    assert program("move", back) == (0, f'result: {{"homes": {moves}}}\n')
    program("close", back)
    assert tree(root) == before


def test_a_way_back_can_be_killed_too(root: Path, program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(root)
    program("move")
    program("close")
    back = [[new, old] for old, new in PAIRS]
    users = [f"{name}!" for name, _old in back]
    rename = Path.rename
    done: list[Path] = []

    def once(self: Path, target: Path) -> Path:
        if done:
            raise Killed
        done.append(self)
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", once)
        with pytest.raises(Killed):
            program("move", back, users)
    assert program("move", back, users) == (0, 'result: {"homes": 1}\n')
    program("close", back)
    assert tree(root) == before


def test_another_change_of_names_waits_for_the_one_that_did_not_end(
    root: Path, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would find no home of ada's, and give the name away from under what became of it."""
    killed_after(1, program, monkeypatch)
    other = [["ada", "lovelace"]]
    conflict = "ada became ada-40x in a change of names that did not end"
    assert program("check", other) == (1, f'result: {{"conflicts": ["{conflict}"]}}\n')
    program("move")
    program("close")
    assert program("check", [["ada-40x", "lovelace"]]) == (0, 'result: {"homes": 1}\n')


def test_a_journal_of_names_that_have_changed_counts_no_more(root: Path, program: Any) -> None:
    """Whoever was killed before the journal went: a new ada, without a home, is nobody of old."""
    program("move")
    users = ["ada-40x!", "bob-40x!", "eve-40x!", "carol!"]
    assert program("check", [["ada", "lovelace"]], users) == (0, 'result: {"homes": 0}\n')
    (root / "ada").mkdir()
    assert program("move", [["ada", "lovelace"]], users) == (0, 'result: {"homes": 1}\n')
    assert (
        root / ".deployer-users.json"
    ).read_text() == '{"moves": [["ada", "lovelace", "ada!", "lovelace!"]]}'


def test_what_comes_up_after_the_check_is_not_replaced(
    root: Path, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def with_a_guest(self: Path, target: Path) -> Path:
        if self.name == "ada":
            (root / "bob-40x").mkdir()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", with_a_guest)
    with pytest.raises(SystemExit, match="bob-40x came up meanwhile"):
        program("move")
    assert (root / "bob/.bashrc").read_text() == "bob/.bashrc"


def test_a_long_work_says_how_far_it_is(root: Path, program: Any) -> None:
    moves = [[f"u{number}", f"v{number}"] for number in range(250)]
    for old, _new in moves:
        (root / old).mkdir()
    assert program("move", moves) == (0, '100 of 250\n200 of 250\nresult: {"homes": 250}\n')
