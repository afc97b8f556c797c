"""Code and data within values."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.embedded import RULES, embedded_data, embedded_python
from tests.rules.values.making import ENCRYPTED, OUR_PYTHON, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_python_points_at_the_line_that_does_not_compile(values: Making) -> None:
    text = """\
    jupyterhub:
      hub:
        extraConfig:
          good: |
            c.JupyterHub.log_level = 10
          bad: |

            import os
            c.JupyterHub.x = [
            y = 1
        extraFiles:
          hook:
            mountPath: /usr/local/etc/jupyterhub/jupyterhub_config.d/hook.py
            stringData: |
              def hook()
                  pass
      singleuser:
        extraFiles:
          startup:
            mountPath: /etc/ipython/startup.py
            stringData: "x = 'y"
    binderhub-service:
      extraConfig:
        01-x: |
          return 1
    dask-gateway:
      gateway:
        extraConfig: "c.x = ("
    """
    assert found(embedded_python, values(text)) == [
        "1:9:9: not Python: '[' was never closed",
        "1:15:11: not Python: expected ':'",
        "1:21:9: not Python: unterminated string literal (detected at line 1) (line 1 of the text)",
        "1:25:7: not Python: 'return' outside function",
        "1:28:5: not Python: '(' was never closed (line 1 of the text)",
    ]


def test_a_number_longer_than_python_reads_is_no_json(values: Making) -> None:
    data = f"{{mountPath: /a.json, stringData: '{'9' * 5000}'}}"
    text = f"jupyterhub:\n  singleuser:\n    extraFiles:\n      a: {data}\n"
    assert found(embedded_data, values(text)) == [
        "1:4:31: not JSON: a number with thousands of digits (line 1 of the text)"
    ]


def test_a_stronger_file_s_python_is_looked_at(values: Making) -> None:
    bad = "jupyterhub:\n  hub:\n    extraConfig:\n      a: |\n        (\n"
    good = "jupyterhub: {hub: {extraConfig: {a: x = 1}}}"
    assert found(RULES, values(bad, good)) == []
    assert found(RULES, values(good, bad)) == ["2:5:9: not Python: '(' was never closed"]
    assert found(RULES, values(preset=bad)) == ["preset:5:9: not Python: '(' was never closed"]


def test_the_program_s_own_files_are_not_the_hub_s(values: Making) -> None:
    """Python that comes with the chart has tests of its own; that of these tests does not compile."""
    release = values("{}")
    assert release.value("jupyterhub", "hub", "extraFiles", "ours", "stringData") == OUR_PYTHON
    with pytest.raises(SyntaxError):
        compile(OUR_PYTHON, "", "exec")
    assert found(RULES, release) == []


@pytest.mark.parametrize(
    "code",
    [r'"x = \"\\d\""', "await_it = 1", "\"x = f'{a}'\"", '""', "'# a comment'", '"x = 1 if y is 1 else 2"'],
)
def test_python_that_compiles_is_fine_and_warns_nobody(values: Making, code: str) -> None:
    assert found(RULES, values(f"jupyterhub: {{hub: {{extraConfig: {{a: {code}}}}}}}")) == []


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads nested quotes")
def test_quotes_may_be_nested_as_the_hub_s_python_has_it(values: Making) -> None:
    text = 'jupyterhub:\n  hub:\n    extraConfig:\n      a: |\n        x = f"{y["z"]}"\n'
    assert found(RULES, values(text)) == []


@pytest.mark.parametrize("code", ["(" * 150 + ")" * 150, "-" * 100_000 + "1", "x = " + "[" * 3000])
def test_code_that_is_nested_very_deep_ends_in_a_message(values: Making, code: str) -> None:
    text = f"jupyterhub: {{hub: {{extraConfig: {{a: '{code}'}}}}}}"
    assert len(found(embedded_python, values(text))) <= 1


def file(path: str, text: str) -> str:
    """Values with a file whose text starts in line 7."""
    lines = "".join(f"          {line}\n" for line in text.splitlines())
    return (
        "jupyterhub:\n  singleuser:\n    extraFiles:\n      a:\n"
        f"        mountPath: {path}\n        stringData: |\n{lines}"
    )


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("/a/b.json", '{"a": 1,\n}', "1:8:11: not JSON: Expecting property name enclosed in double quotes"),
        ("/a/b.json", "[" * 100_000, "1:7:11: not JSON: nested too deep"),
        ("/a/b.yaml", "a: 1\nb: [\n", "1:9:1: a value should be here; or a `[` or `{` above is not closed"),
        ("/a/b.yml", "a: 1\n---\n\tb: 1\n", "1:9:11: a tab cannot indent: use spaces"),
    ],
)
def test_data_points_at_the_line_that_cannot_be_read(
    values: Making, path: str, text: str, message: str
) -> None:
    (line,) = found(embedded_data, values(file(path, text)))
    assert line.startswith(message.partition(" (char")[0])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/a/b.json", '{"a": [1, 2]}'),
        ("/a/b.yaml", "a: 1\n---\nb: !tag 2\n"),
        ("/a/b.yaml", "a: {{ template }}\n"),
        ("/a/b.yaml", "---\n--- x\n"),
        ("/a/b.txt", "{{{{"),
        ("/a/json", "{"),
    ],
)
def test_other_data_is_fine(values: Making, path: str, text: str) -> None:
    assert found(RULES, values(file(path, text))) == []


def test_data_that_the_chart_writes_has_a_known_name(values: Making) -> None:
    text = "jupyterhub: {hub: {extraFiles: {a: {mountPath: /a/b.ini, data: {a: 1}}}}}"
    assert found(embedded_data, values(text)) == [
        "1:1:58: `data` makes files of the kinds .json, .yaml, .yml, .toml only: write `stringData`"
    ]
    assert found(RULES, values(text.replace("b.ini", "b.toml"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {hub: {extraConfig: 1, extraFiles: []}}",
        "jupyterhub: {hub: {extraConfig: {a: 1, b: []}, extraFiles: {a: 1, b: {stringData: 2}}}}",
        f"{{jupyterhub: {{hub: {{extraConfig: {{a: '{ENCRYPTED}'}}}}}}, sops: {{version: 1}}}}",
        f"{file('/a/b.json', 'x').replace('|', ENCRYPTED).replace('x', '')}sops: {{version: 1}}\n",
    ],
)
def test_wrong_types_and_encrypted_texts_are_left_alone(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []
