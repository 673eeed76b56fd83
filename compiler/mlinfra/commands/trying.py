"""try: serves a deployment's code on this machine and sends it the smoke test. No other verb runs code of a branch."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click

from mlinfra.commands.echo import echo_text
from mlinfra.commands.options import Settings, shared_options, variables_option
from mlinfra.commands.session import Request, compiled, failed_with, report, say, shown_plan
from mlinfra.derive.smoke_tests import Question
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.graph import Graph
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.programs import environment, named_program
from mlinfra.trying import server
from mlinfra.trying.cause import cause_in, last_line
from mlinfra.trying.installing import new_environment
from mlinfra.trying.kept import last_of
from mlinfra.trying.own_folder import own_folder
from mlinfra.trying.placed import MLMODEL, copy_uploaded, mlflow_folder, own, packages_of_model, placed_model
from mlinfra.trying.programs import serve_code, serve_mlflow
from mlinfra.trying.served import NotServed, Served, endpoint_of, served

SECONDS = 60
MAX_SHOWN = 500  # characters of an answer


class How(NamedTuple):
    """How a deployment is to be served, as the command line says."""

    model: Path | None
    python: Path | None  # of an environment that is there
    own_index: bool
    seconds: int


@click.command("try")
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--model", metavar="DIR", help="The model, a folder or a file; by default the one that the spec names.")
@click.option("--deployment", metavar="NAME", help="Only this deployment; by default each of the endpoint.")
@click.option(
    "--python",
    metavar="PYTHON",
    help="Serve in the environment of this Python, such as `python` of the active one, and install nothing.",
)
@click.option(
    "--pip-settings",
    "own_index",
    is_flag=True,
    help="Leave out the indexes that the conda file names: pip's own settings say where packages come from.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    default=SECONDS,
    metavar="N",
    help="From the start of the server to its last answer; 60 unless written.",
)
@click.option("-t", "--target", metavar="NAME", help="As in this target.")
@variables_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    endpoint: str,
    model: str | None,
    deployment: str | None,
    python: str | None,
    own_index: bool,
    seconds: int,
    target: str | None,
    variables: Mapping[str, str],
) -> int:
    """Serve the code of an online endpoint's deployments on this machine, and send it the endpoint's smoke test.

    This runs the code of the branch, and what pip installs for it, as you: no other verb does. What is uploaded to
    Azure is copied into a folder of its own and served there by azureml-inference-server-http on a free port of
    loopback, in an environment made from what the conda file has for pip; an MLflow model without code is served by
    its pyfunc. The model is found below AZUREML_MODEL_DIR under its own name, as in Azure. Nothing is left running.

    Exit code 0: each request was answered with 200, and its answer holds `contains` and not `absent`. 1: it was not,
    the server did not start, or the spec has errors.
    """
    if os.name == "nt":
        raise click.UsageError("try needs Linux or macOS: on Windows nothing ends what a server starts")
    how = How(_model(model), _python(python), own_index, seconds)
    request = Request.of(settings, variables, (target,) if target else ())
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, "text", settings)
        return failed_with(outcome)
    graph = shown_plan(outcome.compiled, target).graph
    try:
        found = served(graph, endpoint_of(graph, endpoint), deployment)
    except NotServed as error:
        raise click.UsageError(str(error)) from None
    for each in found:
        _check(each, how)
    wrong = 0
    with server.terminated_as_interrupted():
        for each in found:
            try:
                wrong += not _try(graph, each, how, settings)
            except (NotServed, Unreadable) as error:
                _complain(f"{each.address}: ", str(error))
                if "\n" in str(error):  # what pip said, of which the last line tells why
                    _complain(f"{each.address}: ", last_line(str(error)))
                wrong += 1
    return 1 if wrong else 0


def _model(written: str | None) -> Path | None:
    if written is None:
        return None
    path = Path(os.path.realpath(written))
    if not path.exists():
        raise click.UsageError(f"--model: there is no {shown_path(written, Path.cwd())}")
    if Path(os.path.realpath(tempfile.gettempdir())).is_relative_to(path):
        message = f"--model: {one_line(written)} holds the folder for temporary files, into which it would be copied"
        raise click.UsageError(message)
    return path


def _python(written: str | None) -> Path | None:
    if written is None:
        return None
    found = named_program(written, os.environ)
    if found is None:
        raise click.UsageError(f"--python: {one_line(written)} is no program that can be run")
    # What stands on the PATH may only lead to it, by what it finds in the home of who calls.
    asked = subprocess.run(
        [found, "-I", "-c", "import sys; print(sys.executable)"], stdout=subprocess.PIPE, text=True, check=False
    )
    if asked.returncode or not asked.stdout.strip():
        raise click.UsageError(f"--python: {one_line(written)} is no Python")
    return Path(asked.stdout.strip())


def _check(each: Served, how: How) -> None:
    """Refuse what the command line has to say and does not; raises click.UsageError."""
    if each.made_by and how.model is None:
        message = (
            f"the model of {each.address} is made by jobs.{each.made_by}: name one that it has made with --model DIR"
        )
        raise click.UsageError(message)
    if each.code is None and how.model is None and each.model is None:
        raise click.UsageError(f"{each.address} has no code: name its MLflow model with --model DIR")
    if each.code is not None and each.packages is None and how.python is None:
        message = f"no conda file says what {each.address} needs: name the Python of an environment that has it with"
        raise click.UsageError(f"{message} --python")


def _try(graph: Graph, each: Served, how: How, settings: Settings) -> bool:
    """Whether a deployment answers all that it is asked; raises NotServed and Unreadable."""
    with own_folder("mlinfra-try-") as folder:
        model = placed_model(graph.files, how.model, each.model, folder / "models")
        is_mlflow = each.code is None
        if is_mlflow and not mlflow_folder(model):
            raise NotServed(f"it has no code, and its model is no MLflow model: it has not one {MLMODEL}")
        code = folder / "code"
        code.mkdir()
        if each.code is not None:
            copy_uploaded(graph.files, each.code, code)
        python = how.python or _installed(each, how, model, folder, settings)
        port = server.free_port()
        if is_mlflow:
            command = [str(python), own(serve_mlflow.__file__, folder), str(mlflow_folder(model)), str(port)]
        else:
            options = ("--entry_script", each.script, "--port", str(port), "--worker_count", "1")
            command = [str(python), own(serve_code.__file__, folder), *options]
        home = folder / "home"  # the server, and what it loads, leave files there
        home.mkdir()
        place = {"AML_APP_ROOT": str(code), "HOME": str(home), "PYTHONUNBUFFERED": "1"}
        if model is not None:
            place["AZUREML_MODEL_DIR"] = str(model.parent)
        log = folder / "log.txt"
        environ = environment(os.environ, **{**each.variables, **place})
        said = []
        try:
            say(f"{each.address}: starting the server", settings)
            with server.running(command, code, environ, port, how.seconds, log) as running:
                for question in each.questions:
                    say(f"{each.address}: sending {question.written}", settings)
                    said.append(_judged(graph.files, running, question))
        except server.Silent as silent:
            _complain(f"{each.address}: ", f"{silent} ({how.seconds} s); what it said:\n{last_of(log)}")
            _complain(f"{each.address}: ", cause_in(last_of(log), code) or str(silent))
            return False
        return _told(each, said, log, code)


def _judged(files: Files, running: server.Server, question: Question) -> tuple[Question, str, str]:
    """A question, what is wrong with its answer, and the answer."""
    answer = running.ask(files.content(question.file))
    if answer.status != 200:
        return question, f"answered with {answer.status}", answer.text
    if question.contains not in answer.text:
        return question, f'the answer does not contain "{question.contains}"', answer.text
    if question.absent and question.absent in answer.text:
        return question, f'the answer contains "{question.absent}"', answer.text
    return question, "", answer.text


def _told(each: Served, said: list[tuple[Question, str, str]], log: Path, code: Path) -> bool:
    failed = [wrong for _, wrong, _ in said if wrong]
    echo_text(f"{each.address}: {'failed' if failed else 'passed'}\n")
    for question, wrong, answer in said:
        echo_text(f"  {question.written}: {wrong or '200'}\n")
        if wrong:
            echo_text(f"    {one_line(answer[:MAX_SHOWN])}\n")
    if failed:
        _complain("what the server said:\n", last_of(log))
        _complain(f"{each.address}: ", cause_in(last_of(log), code) or _first_wrong(said))
    return not failed


def _first_wrong(said: list[tuple[Question, str, str]]) -> str:
    return next(f"{question.written}: {wrong}" for question, wrong, _ in said if wrong)


def _complain(what: str, text: str) -> None:
    echo_text(f"{what}{text}\n", err=True)


def _installed(each: Served, how: How, model: Path | None, folder: Path, settings: Settings) -> Path:
    """The Python of a new environment; raises NotServed where nobody says what is to be in it."""
    packages = each.packages or (packages_of_model(model) if each.code is None else None)
    if packages is None:
        raise NotServed("nothing says which packages the model needs: name a Python that has them with --python")
    if packages.python and not packages.python.agrees(packages.python._replace(version=sys.version_info[:2])):
        wanted = ".".join(map(str, packages.python.version))
        say(f"{each.address}: the conda file has Python {wanted}, and this is {sys.version.split()[0]}", settings)
    if packages.by_conda:
        say(f"{each.address}: what conda would install is not there: {', '.join(packages.by_conda)}", settings)
    named = ", ".join(line for line in packages.lines if not line.startswith("-"))
    say(f"{each.address}: installing {named}", settings)
    return new_environment(folder / "environment", packages.lines, os.environ, how.own_index)
