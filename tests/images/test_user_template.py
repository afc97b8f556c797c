"""The repository that communities copy: its workflows are valid, and what they run does what it should."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import subprocess
import sys
import urllib.parse
from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from tests.operations.explain_fleets import write_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATE = Path(__file__).parent.parent.parent / "images/user-template"
WORKFLOWS = sorted((TEMPLATE / ".github/workflows").glob("*.yml"))
IMAGE = f"ghcr.io/acme/lake:0123456789ab@sha256:{'0123456789abcdef' * 4}"
FILE = "config/clusters/sea/a.values.yaml"
VALUES = """\
jupyterhub:
  singleuser:
    image:
      name: ghcr.io/acme/lake
      tag: old  # weekly
"""
FAKE = """\
#!{python}
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answer = {answers}.get(" ".join(sys.argv[1:3]))
if answer is None:
    sys.exit(f"unexpected: {{sys.argv[1:]}}")
print(answer, end="")
"""


def workflow(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((TEMPLATE / ".github/workflows" / name).read_text())
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in workflow(path.name)["jobs"].values():
        yield from job.get("steps", ())


def script(name: str, step: str) -> str:
    """Return what a step of a workflow runs."""
    (found,) = [each["run"] for each in steps(Path(name)) if each.get("name") == step]
    return str(found)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_follows_the_schema(path: Path) -> None:
    schemas = resources.files("check_jsonschema") / "builtin_schemas/vendor"
    schema = json.loads((schemas / "github-workflows.json").read_text())
    # To YAML 1.1, `on` is true.
    content = {"on" if key is True else key: value for key, value in workflow(path.name).items()}
    jsonschema.Draft7Validator(schema).validate(content)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash_with_the_version_behind_it(path: Path) -> None:
    pinned = re.compile(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    used = re.findall(r"uses: (.*)", path.read_text())
    assert [each for each in used if not pinned.fullmatch(each) and not each.startswith("./")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_of_others_is_put_into_a_script_as_text(path: Path) -> None:
    """A branch may be called `$(anything)`; the environment is no text that a shell reads."""
    assert [each["run"] for each in steps(path) if "${{" in each.get("run", "")] == []


def test_only_what_pushes_or_comments_may_write() -> None:
    allowed = {
        (path.name, name): job.get("permissions", {})
        for path in WORKFLOWS
        for name, job in workflow(path.name)["jobs"].items()
    }
    assert allowed == {
        ("build.yml", "build"): {"contents": "read", "packages": "write"},
        ("build.yml", "comment"): {"pull-requests": "write"},
        ("build.yml", "offer"): {"contents": "read"},
        ("update-fleet.yml", "pull-request"): {},
    }
    assert [workflow(path.name)["permissions"] for path in WORKFLOWS] == [{}, {}]


def test_the_workflow_that_is_called_gets_what_it_asks_for() -> None:
    asked = workflow("update-fleet.yml")[True]["workflow_call"]
    offer = workflow("build.yml")["jobs"]["offer"]
    assert (set(offer["with"]), set(offer["secrets"])) == (set(asked["inputs"]), set(asked["secrets"]))


def test_the_readme_names_every_variable_and_secret() -> None:
    texts = "".join(path.read_text() for path in WORKFLOWS)
    used = set(re.findall(r"(?:vars|secrets)\.([A-Z_]+)", texts))
    table = "\n".join(re.findall(r"^\| (.*?) \|", (TEMPLATE / "README.md").read_text(), re.MULTILINE))
    assert set(re.findall(r"`([A-Z_]+)`", table)) == used


def test_the_notebook_is_one_and_has_no_outputs() -> None:
    """What is in it runs in the image only, but its code compiles here."""
    notebook = json.loads((TEMPLATE / "image-tests/packages.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 3
    assert [cell["outputs"] for cell in code] == [[], [], []]
    for cell in code:
        ast.parse("".join(cell["source"]))
    imported = {"matplotlib", "numpy", "pandas"}
    packages = yaml.safe_load((TEMPLATE / "environment.yml").read_text())["dependencies"]
    assert imported <= {re.split("[-=]", package)[0] for package in packages}


def test_every_package_has_a_version() -> None:
    packages = yaml.safe_load((TEMPLATE / "environment.yml").read_text())["dependencies"]
    assert [package for package in packages if "=" not in package] == []


def test_the_local_cluster_builds_no_image_of_it() -> None:
    assert list(TEMPLATE.glob("Dockerfile")) == []


class Runner:
    """Runs steps of workflows as GitHub does, with programs that only write down how they were called."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.programs = directory / "programs"
        self.programs.mkdir()
        self.calls_file = directory / "calls"
        self.output = directory / "output"
        self.summary = directory / "summary"

    def fake(self, name: str, answers: Mapping[str, str]) -> None:
        """Have a program that knows the calls which begin with two such words, and answers them."""
        path = self.programs / name
        path.write_text(FAKE.format(python=sys.executable, answers=dict(answers)))
        path.chmod(0o755)

    def run(self, text: str, *, within: str = "", **environ: str) -> str:
        """Run a step to its end in a directory below ours, and return what it has said."""
        for file in (self.output, self.summary, self.calls_file):
            file.touch()
        path = (self.programs, Path(sys.executable).parent, *os.environ["PATH"].split(os.pathsep))
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
            cwd=self.directory / within,
            env={
                "PATH": os.pathsep.join(map(str, path)),
                "HOME": str(self.directory),
                "CALLS": str(self.calls_file),
                "DEPLOYER_CACHE": str(self.directory / "cache"),
                "DEPLOYER_STATE": str(self.directory / "state"),
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_REPOSITORY": "acme/lake",
                "GITHUB_SERVER_URL": "https://github.example.org",
                "GITHUB_RUN_ID": "7",
                "GITHUB_SHA": "0123456789abcdef",
                **environ,
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in self.calls_file.read_text().splitlines()]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.integration
@pytest.mark.parametrize("path", [*WORKFLOWS, TEMPLATE / "image-tests/run"], ids=lambda path: path.name)
def test_the_scripts_are_valid(path: Path) -> None:
    shell = "bash" if path.suffix else "sh"
    texts = [each["run"] for each in steps(path) if "run" in each] if path.suffix else [path.read_text()]
    assert texts
    for text in texts:
        subprocess.run([shell, "-n"], input=text, text=True, check=True)


@pytest.mark.integration
def test_the_image_has_the_commit_as_its_tag(runner: Runner) -> None:
    text = script("build.yml", "Name the image")
    runner.run(text, IMAGE="ghcr.io/Acme/Lake", NUMBER="")
    runner.run(text, IMAGE="quay.io/acme/lake", NUMBER="12")
    assert runner.output.read_text().splitlines() == [
        "reference=ghcr.io/acme/lake:0123456789ab",
        "reference=quay.io/acme/lake:pr-12-0123456789ab",
    ]


@pytest.mark.integration
def test_what_is_pushed_is_told_with_its_digest(runner: Runner) -> None:
    reference, digest = IMAGE.split("@")
    name = reference.partition(":")[0]
    runner.fake("docker", {"login ghcr.io": "", "push --quiet": "", "image inspect": f"{name}@{digest}\n"})
    text = script("build.yml", "Push")
    runner.run(text, REFERENCE=reference, USERNAME="acme", PASSWORD="secret")
    assert runner.output.read_text() == f"image={IMAGE}\n"
    assert runner.calls == [
        ["login", "ghcr.io", "--username", "acme", "--password-stdin"],
        ["push", "--quiet", reference],
        ["image", "inspect", "--format", "{{index .RepoDigests 0}}", reference],
    ]


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:metadata .* was set from the constructor:DeprecationWarning")
def test_the_link_of_a_pull_request_starts_a_server_with_the_image(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KubeSpawner itself reads the link, as JupyterHub hands it over."""
    runner.fake("gh", {"pr comment": ""})
    text = script("build.yml", "Say where to try the image")
    hub = {"HUB_URL": "https://staging.example.org/", "PROFILE": "open", "OPTION": "image"}
    runner.run(text, NUMBER="12", IMAGE=IMAGE, **hub)
    ((*command, body, last, new),) = runner.calls
    assert (command, last, new) == (["pr", "comment", "12", "--body"], "--edit-last", "--create-if-none")
    (link,) = re.findall(r"\((https://.*)\)", body)
    parts = urllib.parse.urlsplit(link)
    assert (parts.netloc, parts.path) == ("staging.example.org", "/hub/spawn")
    options = urllib.parse.parse_qs(parts.query, strict_parsing=True)
    assert asyncio.run(_image_started(options, monkeypatch)) == IMAGE


async def _image_started(options: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> str:
    kubespawner: Any = import_module("kubespawner.spawner")
    monkeypatch.setattr(kubespawner, "load_config", lambda **_: None)
    monkeypatch.setattr(kubespawner, "shared_client", lambda _: None)
    spawner = kubespawner.KubeSpawner(_mock=True)
    field = {
        "enabled": True,
        "validation_regex": r"^.+:.+$",
        "kubespawner_override": {"image": "{value}"},
    }
    option = {"display_name": "Image", "unlisted_choice": field}
    spawner.profile_list = [
        {"display_name": "Small", "slug": "small", "default": True},
        {"display_name": "Open", "slug": "open", "profile_options": {"image": option}},
    ]
    spawner.user_options = spawner.options_from_query(options)
    await spawner.load_user_options()
    return str(spawner.image)


@pytest.mark.integration
def test_without_a_hub_the_comment_only_names_the_image(runner: Runner) -> None:
    runner.fake("gh", {"pr comment": ""})
    text = script("build.yml", "Say where to try the image")
    runner.run(text, NUMBER="12", IMAGE=IMAGE, HUB_URL="", PROFILE="", OPTION="image")
    assert runner.calls[0][4] == f"The image of this pull request is `{IMAGE}`."


@pytest.fixture
def fleet(runner: Runner) -> Path:
    """A checkout of a fleet's repository, and where it came from."""
    root = runner.directory / "fleet"
    write_fleet(root, {"a": "a.values.yaml"}, {"a.values.yaml": VALUES})
    origin = runner.directory / "origin.git"
    git = 'git -c user.name=a -c user.email=a@example.org "$@"'
    for argv in (
        f"init -q --bare {origin}",
        f"init -q -b main {root}",
        f"-C {root} add .",
        f"-C {root} commit -qm start",
        f"-C {root} remote add origin {origin}",
        f"-C {root} push -q origin main",
    ):
        runner.run(f"set -- {argv}; {git}")
    return root


@pytest.mark.integration
def test_a_new_image_becomes_a_pull_request_of_the_fleet(runner: Runner, fleet: Path) -> None:
    """The program edits the fleet, and git pushes it, to a branch that the next image takes over."""
    hubs = {"CLUSTER": "sea", "HUBS": "a", "IMAGE": IMAGE}
    diff = runner.run(script("update-fleet.yml", "Set the image"), **hubs)
    tag = IMAGE.partition(":")[2]
    after = VALUES.replace("tag: old", f'tag: "{tag}"')
    assert (fleet / FILE).read_text() == after
    assert f'+      tag: "{tag}"  # weekly\n' in diff

    runner.fake("gh", {"auth setup-git": "", "pr list": "0\n", "pr create": ""})
    text = script("update-fleet.yml", "Open a pull request")
    runner.run(text, within=fleet.name, **hubs)
    title = "Set the image of sea a"
    body = f"`{IMAGE}`, built by https://github.example.org/acme/lake/actions/runs/7"
    listed = ["pr", "list", "--head", "image/acme-lake", "--json", "number", "--jq", "length"]
    assert runner.calls == [
        ["auth", "setup-git"],
        listed,
        ["pr", "create", "--head", "image/acme-lake", "--title", title, "--body", body],
    ]
    pushed = runner.run(f"git -C {runner.directory}/origin.git show --format=%B image/acme-lake:{FILE}")
    assert pushed == after

    newer = IMAGE.replace("0123456789ab@", "ba9876543210@")
    runner.run(f"git -C {fleet} switch -q main; git -C {fleet} branch -q -D image/acme-lake")
    runner.run(script("update-fleet.yml", "Set the image"), **{**hubs, "IMAGE": newer})
    runner.fake("gh", {"auth setup-git": "", "pr list": "1\n", "pr edit": ""})
    runner.run(text, within=fleet.name, **{**hubs, "IMAGE": newer})
    assert runner.calls[3:] == [
        ["auth", "setup-git"],
        listed,
        ["pr", "edit", "image/acme-lake", "--title", title, "--body", body.replace(IMAGE, newer)],
    ]
    log = runner.run(f"git -C {runner.directory}/origin.git log --format=%B -1 image/acme-lake")
    assert log.strip() == f"{title}\n\n{newer}"


@pytest.mark.integration
def test_an_image_that_the_hub_has_opens_no_pull_request(runner: Runner, fleet: Path) -> None:
    hubs = {"CLUSTER": "sea", "HUBS": "a", "IMAGE": "ghcr.io/acme/lake:old"}
    assert runner.run(script("update-fleet.yml", "Set the image"), **hubs) == ""
    runner.fake("gh", {})
    runner.run(script("update-fleet.yml", "Open a pull request"), within=fleet.name, **hubs)
    assert (runner.calls, runner.summary.read_text()) == ([], "Nothing to do: sea a has this image.\n")
