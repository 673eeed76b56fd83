"""mlinfra try: code is served here and asked its smoke test; whatever happens, nothing of it is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.spec import HEADER

SERVER = Path(__file__).parent / "server"
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"
ADDRESS = "online_endpoints.fares.deployments.main"
SPEC = f"""\
{HEADER}workspaces: {{main: {{}}}}
environments:
  score: {{image: '{IMAGE}', conda_file: score.yml}}
models:
  fares: {{path: models/fares, type: custom_model, version: 1}}
online_endpoints:
  fares:
    auth_mode: aad_token
    smoke_test: {{request: request.json, contains: fare}}
    deployments:
      main:
        model: fares
        environment: score
        instance_type: Standard_D4as_v4
        instance_count: 1
        environment_variables: {{CITY: Utrecht}}
        code_configuration: {{code: src, scoring_script: score.py}}
"""
CONDA = "channels: [nodefaults]\ndependencies: [python=3.11, {pip: [azureml-inference-server-http==1.5.1]}]\n"
INIT = "def init(): ...\n"
ANSWERS = f"{INIT}def run(data): return {{'fare': 12.5}}\n"
SPAWNS = "import subprocess\nchild = subprocess.Popen(['sleep', '4711'])\nprint('child', child.pid, flush=True)\n"
HANGS = f"{SPAWNS}import time\ndef init(): time.sleep(600)\ndef run(data): ...\n"


STEPS = f"{ADDRESS}: starting the server\n{ADDRESS}: sending request.json\n"  # as they begin


class Platform:
    """A spec with an endpoint, in a folder of its own, and the Python that has the server's stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.python = folder / "python"
        self.python.write_text(f'#!/bin/sh\nPYTHONPATH="{SERVER}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
        self.python.chmod(0o755)
        self.put("score.yml", CONDA)
        self.put("request.json", "{}")
        self.put("models/fares/weights.txt", "42")
        self.put("ml-platform.yaml", SPEC)

    def put(self, name: str, text: str) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def command(self, *options: str) -> list[str]:
        return [sys.executable, "-m", "mlinfra", "try", "fares", "--python", str(self.python), *options]

    def tried(self, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """What comes of trying it."""
        return self.run(self.command(*options), environ)

    def run(self, command: list[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **environ}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    # The wrapper only passes on which Python runs: asked for itself it has to name the wrapper.
    made = Platform(tmp_path)
    made.python.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = -I ]; then echo "{made.python}"; exit; fi\n'
        f'PYTHONPATH="{SERVER}" exec "{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    return made


def started(name: str) -> list[str]:
    """The processes whose command line holds a text."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if name in line and "ps -eo" not in line]


def test_passes_where_the_answer_is_what_the_smoke_test_asks_for(platform: Platform) -> None:
    platform.put("src/score.py", ANSWERS)
    tried = platform.tried()
    assert (tried.returncode, tried.stdout) == (0, f"{ADDRESS}: passed\n  request.json: 200\n")
    assert sorted(path.name for path in (platform.folder / "src").iterdir()) == ["score.py"]


FAILING = {
    "no such text": ("def run(data): return {'price': 1}", 'the answer does not contain "fare"', '{"price": 1}'),
    "refused": ("def run(data): raise ValueError('no fare')", "answered with 400", '{"message": "no fare"}'),
    "broken": ("def run(data): return 1 / 0", "answered with 500", '{"message": "the script failed"}'),
}


@pytest.mark.parametrize("name", FAILING)
def test_fails_on_any_other_answer_and_shows_it_with_the_log(name: str, platform: Platform) -> None:
    run, wrong, answer = FAILING[name]
    platform.put("src/score.py", f"print('loaded for the test')\n{INIT}{run}\n")
    tried = platform.tried()
    assert tried.returncode == 1
    assert tried.stdout == f"{ADDRESS}: failed\n  request.json: {wrong}\n    {answer}\n"
    assert "loaded for the test" in tried.stderr
    assert ("ZeroDivisionError" in tried.stderr) == (name == "broken")
    cause = "score.py:3 ZeroDivisionError division by zero" if name == "broken" else f"request.json: {wrong}"
    assert tried.stderr.splitlines()[-1] == f"{ADDRESS}: {cause}"


def test_code_finds_its_modules_its_model_and_its_variables_and_no_token(platform: Platform) -> None:
    platform.put("src/rates.py", "RATE = 2.5\n")
    platform.put("src/notes.md", "left at home")
    platform.put("src/.amlignore", "notes.md\n")
    platform.put(
        "src/score.py",
        "import json, os, rates\n"
        "from azureml_inference_server_http.constants import DEFAULT_HOST\n"
        "def init():\n"
        "    global weight\n"
        "    weight = open(os.path.join(os.environ['AZUREML_MODEL_DIR'], 'fares', 'weights.txt')).read()\n"
        "def run(data):\n"
        "    names = sorted(name for name in os.listdir('.') if name != '__pycache__')\n"
        "    seen = [os.environ.get(name) for name in ('CITY', 'SYSTEM_ACCESSTOKEN', 'AZURE_CLIENT_SECRET')]\n"
        "    return [json.loads(data), 'fare', rates.RATE, weight, DEFAULT_HOST, names, seen]\n",
    )
    platform.put("request.json", '{"miles": 3}')
    expected = '"42", "127.0.0.1", [".amlignore", "rates.py", "score.py"], ["Utrecht", null, null]]'
    text = SPEC.replace("contains: fare", f'contains: \'[{{"miles": 3}}, "fare", 2.5, {expected}\'')
    platform.put("ml-platform.yaml", text)
    tried = platform.tried(SYSTEM_ACCESSTOKEN="secret", AZURE_CLIENT_SECRET="secret")
    assert (tried.returncode, tried.stdout, tried.stderr) == (0, f"{ADDRESS}: passed\n  request.json: 200\n", STEPS)


def test_model_of_the_command_line_stands_under_its_own_name(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "out" / "trained").mkdir(parents=True)
    (tmp_path / "out" / "trained" / "weights.txt").write_text("1", encoding="utf-8")
    (tmp_path / "out" / "other").mkdir()
    platform.put(
        "src/score.py",
        f"import os\n{INIT}def run(data): return ['fare', os.listdir(os.environ['AZUREML_MODEL_DIR'])]\n",
    )
    platform.put("ml-platform.yaml", SPEC.replace("contains: fare", 'contains: \'["fare", ["trained"]]\''))
    assert platform.tried("--model", str(tmp_path / "out" / "trained")).returncode == 0


def test_server_that_can_not_start_is_shown_with_what_it_said(platform: Platform) -> None:
    platform.put("src/score.py", "def init(): raise RuntimeError('no weights')\ndef run(data): ...\n")
    tried = platform.tried()
    assert (tried.returncode, tried.stdout) == (1, "")
    starts = f"{ADDRESS}: starting the server\n{ADDRESS}: the server ended (60 s); what it said:\nTraceback "
    assert tried.stderr.startswith(starts)
    assert tried.stderr.endswith(
        f"RuntimeError: no weights\nthe server ended with exit code 1\n{ADDRESS}: score.py:1 RuntimeError no weights\n"
    )


def test_what_the_code_prints_orders_nothing(platform: Platform) -> None:
    orders = "print('##vso[task.setvariable variable=PATH]/tmp')\nprint('\\x1b[2J')\n"
    platform.put("src/score.py", f"{orders}def init(): raise SystemExit(3)\ndef run(data): ...\n")
    tried = platform.tried()
    assert tried.returncode == 1
    assert "task.setvariable" in tried.stderr
    assert "##vso[" not in tried.stderr
    assert "\x1b" not in tried.stderr


@pytest.mark.judges
def test_time_that_is_over_ends_the_server_and_what_it_started(platform: Platform) -> None:
    platform.put("src/score.py", HANGS.replace("4711", "4712"))
    began = time.monotonic()
    tried = platform.tried("--seconds", "10")
    assert time.monotonic() - began < 60
    assert tried.returncode == 1
    assert tried.stderr.startswith(
        f"{ADDRESS}: starting the server\n{ADDRESS}: the server said nothing in time (10 s); what it said:\nchild "
    )
    assert started("sleep 4712") == []


@pytest.mark.judges
def test_answer_that_never_comes_is_not_waited_for(platform: Platform) -> None:
    platform.put("src/score.py", f"import time\n{INIT}def run(data): time.sleep(600)\n")
    tried = platform.tried("--seconds", "4")
    assert tried.returncode == 1
    assert tried.stderr.startswith(f"{STEPS}{ADDRESS}: the server said nothing in time (4 s)")
    assert "exit code" not in tried.stderr  # it was told to end


@pytest.mark.judges
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["int", "term", "kill"])
def test_whatever_ends_the_command_ends_the_server(number: signal.Signals, platform: Platform) -> None:
    mark = 4720 + number
    platform.put("src/score.py", HANGS.replace("4711", str(mark)))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs the tests may ignore it
    try:
        process = subprocess.Popen(
            platform.command(),
            cwd=platform.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    wait(lambda: started(f"sleep {mark}"))
    process.send_signal(number)
    code = process.wait(30)
    assert code == (-number if number == signal.SIGKILL else 130)
    wait(lambda: not started(f"sleep {mark}"))
    assert started(str(platform.folder)) == []


def wait(is_so: object, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.1)


MAIN = SPEC[SPEC.index("      main:") :]
TWO = SPEC + MAIN.replace("main:", "old:").replace("code: src", "code: old")
TWO = TWO.replace("    deployments:", "    traffic: {main: 100}\n    deployments:")


@pytest.mark.judges
def test_each_deployment_is_tried_or_the_one_that_is_named(platform: Platform) -> None:
    platform.put("ml-platform.yaml", TWO)
    platform.put("src/score.py", ANSWERS)
    platform.put("old/score.py", ANSWERS.replace("fare", "price"))
    tried = platform.tried()
    assert tried.returncode == 1
    assert [line for line in tried.stdout.splitlines() if not line.startswith(" ")] == [
        f"{ADDRESS}: passed",
        "online_endpoints.fares.deployments.old: failed",
    ]
    assert platform.tried("--deployment", "main").returncode == 0


OF_RUN = (
    SPEC.replace("path: models/fares, type: custom_model, version: 1", "from_job: train, output: m")
    + """\
compute_clusters: {cpu: {size: Standard_D4ds_v4}}
jobs:
  train:
    type: command
    compute: cpu
    command: python -c 1 --to ${{outputs.m}}
    environment: score
    outputs: {m: {type: custom_model}}
"""
)
ASKS_NOTHING = SPEC.replace("    smoke_test: {request: request.json, contains: fare}\n", "")
MISUSED = {
    "no such endpoint": (("fares", "fare"), SPEC, '"fare" is no online endpoint of dev; it has: fares'),
    "nothing to ask": (
        (),
        ASKS_NOTHING,
        "online_endpoints.fares has no smoke_test with a request; add smoke_test: {request: …, contains: …}",
    ),
    "a command": (
        (),
        SPEC.replace("{request: request.json, contains: fare}", "{command: ./smoke.sh}"),
        (
            "online_endpoints.fares is tested by a command, which asks the deployment on Azure: try sends requests "
            "and does not run it; write smoke_test: {request: …, contains: …}, or start it yourself"
        ),
    ),
    "no such deployment": (
        ("--deployment", "blue"),
        SPEC,
        "online_endpoints.fares has no deployment blue; it has: main",
    ),
    "no such model": (("--model", "none"), SPEC, "--model: there is no none"),
    "a model that would be copied into itself": (
        ("--model", "/"),
        SPEC,
        "--model: / holds the folder for temporary files, into which it would be copied",
    ),
    "no such Python": (("--python", "./none"), SPEC, "--python: ./none is no program that can be run"),
    "a model of a run": (
        (),
        OF_RUN,
        f"the model of {ADDRESS} is made by jobs.train: name one that it has made with --model DIR",
    ),
}


@pytest.mark.parametrize("name", MISUSED)
def test_what_the_command_line_lacks_is_said_and_nothing_runs(name: str, platform: Platform) -> None:
    change, text, message = MISUSED[name]
    platform.put("src/score.py", f"open('/dev/null')\n{ANSWERS}")
    platform.put("ml-platform.yaml", text)
    command = platform.command()
    if change[:1] == ("fares",):
        command[command.index("fares")] = change[1]
    else:
        command += change
    tried = platform.run(command, {})
    assert (tried.returncode, tried.stdout) == (3, "")
    assert tried.stderr.splitlines()[-1] == f"Error: {message}"


def test_spec_with_errors_is_not_served(platform: Platform) -> None:
    platform.put("src/score.py", "def init(): ...\n")
    tried = platform.tried()
    assert tried.returncode == 1
    assert "MLI642" in tried.stderr


# An environment of its own


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stand-in as a wheel, which pip installs without any index."""
    folder = tmp_path_factory.mktemp("wheels")
    about = "azureml_inference_server_http-1.5.1.dist-info"
    with zipfile.ZipFile(folder / "azureml_inference_server_http-1.5.1-py3-none-any.whl", "w") as wheel:
        for file in sorted(SERVER.rglob("*.py")):
            wheel.write(file, file.relative_to(SERVER).as_posix())
        wheel.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: azureml-inference-server-http\nVersion: 1.5.1\n"
        )
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return folder


def in_its_own(platform: Platform, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlinfra", "try", "fares", *options]
    return platform.run(command, environ)


@pytest.mark.judges
def test_environment_is_made_of_what_the_conda_file_has_for_pip(platform: Platform, wheels: Path) -> None:
    platform.put("src/score.py", ANSWERS)
    lines = f"--no-index, --find-links {wheels}, azureml-inference-server-http==1.5.1"
    platform.put("score.yml", f"channels: [nodefaults]\ndependencies: [python=3.9, numpy=2.3, {{pip: [{lines}]}}]\n")
    tried = in_its_own(platform)
    assert (tried.returncode, tried.stdout) == (0, f"{ADDRESS}: passed\n  request.json: 200\n")
    version = sys.version.split()[0]
    assert tried.stderr == (
        f"{ADDRESS}: the conda file has Python 3.9, and this is {version}\n"
        f"{ADDRESS}: what conda would install is not there: numpy=2.3\n"
        f"{ADDRESS}: installing azureml-inference-server-http==1.5.1\n{STEPS}"
    )


@pytest.mark.judges
def test_what_pip_can_not_install_is_said_in_its_words(platform: Platform, wheels: Path) -> None:
    platform.put("src/score.py", ANSWERS)
    lines = f"--no-index, --find-links {wheels}, azureml-inference-server-http==9.9"
    platform.put("score.yml", f"channels: [nodefaults]\ndependencies: [{{pip: [{lines}]}}]\n")
    tried = in_its_own(platform)
    assert tried.returncode == 1
    starts = f"{ADDRESS}: installing azureml-inference-server-http==9.9\n"
    starts += f"{ADDRESS}: pip could not make an environment for it:\n"
    assert tried.stderr.startswith(starts)
    assert tried.stderr.splitlines()[-1] == (
        f"{ADDRESS}: ERROR: No matching distribution found for azureml-inference-server-http==9.9"
    )
    assert "No matching distribution found for azureml-inference-server-http==9.9" in tried.stderr


@pytest.mark.judges
def test_settings_of_pip_stand_in_for_the_indexes_of_the_conda_file(platform: Platform, wheels: Path) -> None:
    platform.put("src/score.py", ANSWERS)
    lines = "--index-url https://packages.contoso.example/simple, azureml-inference-server-http==1.5.1"
    platform.put("score.yml", f"channels: [nodefaults]\ndependencies: [{{pip: [{lines}]}}]\n")
    tried = in_its_own(platform, "--pip-settings", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    installs = f"{ADDRESS}: installing azureml-inference-server-http==1.5.1\n"
    assert (tried.returncode, tried.stderr) == (0, installs + STEPS)


# A model of MLflow, without code


@pytest.mark.judges
def test_mlflow_model_without_code_is_served_by_its_pyfunc(platform: Platform, tmp_path: Path) -> None:
    make = (
        "import mlflow.sklearn, sys\nfrom sklearn.dummy import DummyRegressor\n"
        "model = DummyRegressor(strategy='constant', constant=30.0).fit([[1.0]], [30.0])\n"
        "form = mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE\n"
        "mlflow.sklearn.save_model(model, sys.argv[1], serialization_format=form, pip_requirements=[])\n"
    )
    model = tmp_path / "trained" / "model"
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true"}
    subprocess.run([sys.executable, "-c", make, str(model)], cwd=tmp_path, env=environment, check=True)
    text = SPEC.replace("path: models/fares, type: custom_model", "path: models/fares, type: mlflow_model")
    text = text.replace("        environment: score\n", "").replace(
        "        code_configuration: {code: src, scoring_script: score.py}\n", ""
    )
    platform.put("ml-platform.yaml", text.replace("contains: fare", "contains: '30.0'"))
    platform.put("models/fares/MLmodel", "")
    platform.put("request.json", '{"input_data": [[3.0]]}')
    platform.python = Path(sys.executable)
    tried = platform.tried("--model", str(model))
    assert (tried.returncode, tried.stdout) == (0, f"{ADDRESS}: passed\n  request.json: 200\n"), tried.stderr
    platform.put("request.json", '{"data": [[3.0]]}')
    tried = platform.tried("--model", str(model))
    assert tried.returncode == 1
    assert "  request.json: answered with 400\n" in tried.stdout
    tried = platform.tried("--model", str(tmp_path / "trained" / "model" / "MLmodel"))
    assert tried.stderr == f"{ADDRESS}: it has no code, and its model is no MLflow model: it has not one MLmodel\n"
