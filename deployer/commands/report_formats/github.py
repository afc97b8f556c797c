"""A report as workflow commands: GitHub Actions shows them beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.commands.report_formats.places import Places
    from deployer.operations.validation.report import Report


def commands(report: Report, places: Places) -> Iterator[str]:
    """Yield a workflow command for each problem, for what was not checked, and for each notice.

    The message repeats the place: the log of a job shows nothing else of a command, and GitHub makes
    annotations of a limited number only.
    """
    for problem in report.problems:
        path = places.path(problem.path)
        message = f"{path}:{problem.line}:{problem.column}: {problem.message}"
        place = {"file": path, "line": str(problem.line), "col": str(problem.column)}
        yield _command(problem.severity, message, **place, title=problem.rule)
    for text in report.not_checked:
        yield _command("error", text, title="not checked")
    for text in report.notices:
        yield _command("notice", text)


def _command(name: str, data: str, **properties: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}".rstrip() + f"::{_data(data)}"


def _data(text: str) -> str:
    text = text.encode(errors="backslashreplace").decode()  # a name of a file may be no text
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
