"""How progress is shown."""

from __future__ import annotations

import pytest

from deployer.commands.views import Lines, LiveTable, duration, progress_view
from deployer.errors import DeployerError
from deployer.progress import Silent, step


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12.3, "12 s"),
        (59.4, "59 s"),
        (61, "1 min 01 s"),
        (605, "10 min 05 s"),
    ],
)
def test_durations_read_like_people_say_them(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_without_a_terminal_progress_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    view = progress_view({}, verbosity=0)
    assert isinstance(view, Lines)
    view.started("demo", "roll out")
    view.noted("demo", "pod hub: [pulling]")
    view.finished("demo", "roll out", 75, ok=True)
    view.finished("demo", "render values", 0.1, ok=True)
    view.finished("demo", "health", 3, ok=False)
    assert capsys.readouterr() == (
        "",
        (
            "demo: roll out ...\n"
            "demo: pod hub: [pulling]\n"
            "demo: roll out: 1 min 15 s\n"
            "demo: health: failed after 3.0 s\n"
        ),
    )


def test_quiet_shows_nothing() -> None:
    assert isinstance(progress_view({}, verbosity=-1), Silent)


def test_the_live_table_shows_steps_and_takes_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    view = LiveTable()
    with step(view, "demo", "roll out"):
        view.noted("demo", "pod [bold]hub: [pulling]")
    shown = capsys.readouterr().err
    assert "pod [bold]hub: [pulling]" in shown
    assert "✓ demo roll out 0." in shown


def test_a_step_that_raises_is_reported_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with step(Lines(), "demo", "roll out"):
            raise DeployerError("no")

    with pytest.raises(DeployerError):
        fail()
    assert "demo: roll out: failed after" in capsys.readouterr().err
