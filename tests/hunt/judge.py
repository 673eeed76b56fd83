"""What is judged of a case that was accepted: the output is what it promises to be, and every judge takes it."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from unittest.mock import patch

import yaml

import mlinfra.formats
from mlinfra.compile import Compiled
from mlinfra.emit.platform import Place
from mlinfra.output.manifest import Manifest, read_manifest
from mlinfra.verify import azureml_bodies, azureml_yaml
from mlinfra.verify.bicep_server import NoAnswer
from mlinfra.verify.bicep_snapshot import _compared
from mlinfra.verify.case import Case, Prediction
from mlinfra.verify.verdict import Opinion
from tests.hunt.bicep_rpc import BicepServer
from tests.hunt.ground import CANARY
from tests.hunt.sdk_server import SdkGone, SdkServer
from tests.hunt.text_judges import TextJudges


class Fault(NamedTuple):
    """A property that does not hold. `what` names it, the same for all faults of one kind; `words` say it all."""

    what: str
    words: str


class Noise(NamedTuple):
    """What a judge says and is no fault of ours: patterns of the property's words and of what was done, and why.

    What was done are the changes and differences of the case (`cases.LaidOut`).

    `{key}` in the second pattern is what the first one calls `key`.
    """

    what: str
    words: str
    done: str
    why: str


NOISE = (
    Noise("bicep lint", "use-recent-api-versions", "", "counts the days since a version came out"),
    Noise(
        "bicep lint",
        r'BCP(?:03[567]|089) .*?propert(y|ies:) "(?P<key>.+?)"(?=[.,]| is not | does not | expected )',
        r"^differs: .*\.properties\b.*(?<!\w){key}(?!\w)",
        "Bicep is the judge of `properties:`, which is written as it is",
    ),
    Noise(
        "not in the manifest",
        "^(?P<key>[a-z][a-z0-9]*)$",
        r"targets\.{key} is named",
        "a link that lay in the output folder, under the name of a target that there no longer is: not ours to touch",
    ),
)
MAX_SHOWN = 400
MAX_KEY = 160  # characters by which a property is known again
# What no message says: an object of Python, or the mark of what is unknown.
OF_PYTHON = re.compile(r"<[\w. ]+ at 0x[0-9a-f]+>|<class '|␀\?␀")
LOG_COMMAND = re.compile(r"##\w*\[|^\s*::[a-z-]+[ :]", re.MULTILINE)
_WORD = re.compile(r"""(?:^|[\s=])(["']?)@[\w/~.]""")
_QUOTED = re.compile("'([^']*)'")
_TEMPLATES = Path(mlinfra.formats.__file__).parent / "templates"
_OURS = frozenset(  # lines of scripts into which no value goes
    line
    for path in _TEMPLATES.rglob("*.sh.j2")
    for line in path.read_text(encoding="utf-8").splitlines()
    if "{{" not in line
)
# A request with what its answer holds and does not, which no call of az takes: bash compares the answer with them.
_WORD_OF_BASH = r"(?:'[^']*'|\\')+"
_COMPARED = re.compile(rf'\s*"\$1" {_WORD_OF_BASH} {_WORD_OF_BASH} {_WORD_OF_BASH}')


class Judges:
    """The tools, each one process for many cases, and what they have already judged."""

    def __init__(self, bicep: Path | None) -> None:
        self.bicep = BicepServer(bicep) if bicep else None
        self.sdk = SdkServer()
        self._texts = TextJudges()
        self._judged: dict[str, tuple[list[Fault], Prediction]] = {}

    def close(self) -> None:
        self.sdk.close()
        if self.bicep:
            self.bicep.close()

    def faults(self, place: Place, compiled: Compiled) -> Iterator[Fault]:
        """Everything that is wrong with an output folder, said once by each judge."""
        manifest = read_manifest((place.outdir / "manifest.json").read_text(encoding="utf-8"))
        yield from of_output(place.outdir, manifest)
        texts = {path: (place.outdir / path).read_text(encoding="utf-8") for path in (*manifest.files, "manifest.json")}
        case = Case(place, manifest, compiled, texts, os.environ)
        predictions: list[Prediction] = []
        if self.bicep:
            for unit in sorted(path for path in manifest.files if path.endswith(".bicepparam")):
                said, prediction = self._unit(self.bicep, case, unit)
                yield from said
                predictions.append(prediction)
        yield from self._of_texts(place.outdir, texts)
        case.__dict__["predictions"] = tuple(predictions)
        try:
            yield from self._of_the_sdk("sdk files", azureml_yaml, azureml_yaml.azureml_yaml, case)
            if self.bicep and not any(item.error for item in predictions):
                yield from self._of_the_sdk("sdk bodies", azureml_bodies, azureml_bodies.azureml_bodies, case)
                for target in manifest.targets:
                    of_target = [item for item in predictions if item.target == target]
                    yield from (Fault("snapshot", item.message) for item in _compared(case, target, of_target))
        except SdkGone as error:
            yield Fault("sdk gone", str(error))

    def _of_the_sdk(self, what: str, module: ModuleType, judge: Callable[[Case], Opinion], case: Case) -> list[Fault]:
        """What one of its judges finds, asked of the process that knows earlier answers."""
        with patch.object(module, "ask", lambda case, folder, requests: self.sdk.ask(requests)):
            return [Fault(what, f"{item.file}: {item.message}") for item in judge(case).findings]

    def _of_texts(self, outdir: Path, texts: Mapping[str, str]) -> Iterator[Fault]:
        """What is said of each text alone; of one that an earlier case had nothing."""
        yield from (Fault("pipelines", said) for said in self._texts.pipelines(texts))
        yield from (Fault("shellcheck", said) for said in self._texts.scripts(outdir, texts))
        if self.bicep:
            try:
                yield from (Fault("bicep format", said) for said in self._texts.formats(self.bicep, outdir, texts))
            except NoAnswer as error:
                yield Fault("bicep gone", f"format: {error}")

    def _unit(self, bicep: BicepServer, case: Case, unit: str) -> tuple[list[Fault], Prediction]:
        folder = case.place.outdir
        files = sorted((folder / unit).parent.glob("*.bicep"))
        key = hashlib.sha256(b"\0".join(file.read_bytes() for file in (folder / unit, *files))).hexdigest()
        if key not in self._judged:
            self._judged[key] = self._asked(bicep, case, unit)
        return self._judged[key]

    def _asked(self, bicep: BicepServer, case: Case, unit: str) -> tuple[list[Fault], Prediction]:
        file = case.place.outdir / unit
        target = case.manifest.targets[str(case.manifest.files[unit].target)]
        try:
            said = [
                Fault("bicep lint", f"{item.level} {item.code} in {item.file}:{item.line}: {item.message}")
                for item in bicep.lint(file)
            ]
            if said:
                return said, Prediction(target.name, unit, (), "is not right")
            snapshot = bicep.snapshot(file, *case.group_of(target, unit), target.location)
        except NoAnswer as error:
            return [Fault("bicep gone", f"{unit}: {error}")], Prediction(target.name, unit, (), str(error))
        said = [Fault("bicep snapshot", str(item)) for item in snapshot["diagnostics"]]
        return said, Prediction(target.name, unit, tuple(snapshot["predictedResources"]), None)


def of_output(outdir: Path, manifest: Manifest) -> Iterator[Fault]:
    """What can be seen in the files themselves."""
    listed = {*manifest.files, "manifest.json"}
    lying = {
        path.relative_to(outdir).as_posix() for path in outdir.rglob("*") if not path.is_dir() or path.is_symlink()
    }
    yield from (Fault("not in the manifest", path) for path in sorted(lying - listed))
    yield from (Fault("in the manifest alone", path) for path in sorted(listed - lying))
    for path in sorted(lying & listed):
        yield from _of_file(outdir / path, path)


def _of_file(file: Path, path: str) -> Iterator[Fault]:
    if file.is_symlink():
        yield Fault("a link in the output", path)
        return
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    sort = file.suffix
    if CANARY in text:
        yield Fault("canary in the output", path)
    if odd := sorted({f"U+{ord(letter):04X}" for letter in text if is_control(letter)}):
        yield Fault(f"control character in {sort}", f"{path}: {', '.join(odd)}")
    if path == "manifest.json" and (
        odd := sorted({f"U+{ord(letter):04X}" for letter in text if is_bidirectional(letter)})
    ):
        yield Fault("bidirectional character in the manifest", ", ".join(odd))
    if sort in (".yml", ".yaml"):
        try:
            yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            yield Fault("yaml does not read back", f"{path}: {error}")
    if sort == ".sh":
        yield from (
            Fault("argument from a file", f"{path}: {line.strip()}") for line in text.splitlines() if _is_expanded(line)
        )


def _is_expanded(line: str) -> bool:
    """Whether a line of a script has a word that az would read a file for; `"$@"` and `${x[@]}` are the shell's."""
    if line.lstrip().startswith("#") or _COMPARED.match(line) or line in _OURS:
        return False
    return bool(_WORD.search(_QUOTED.sub(_its_beginning, line.replace("'\\''", ""))))


def _its_beginning(quoted: re.Match[str]) -> str:
    """A quoted word as far as az looks for a file in it: what it begins with, or what follows the first `=`."""
    name, equals, value = quoted[1].partition("=")
    return f"'{name[:2]}'" if name[:1] == "@" else f"'{equals}{value[:2]}'"


def is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in "\n\t"


def is_bidirectional(letter: str) -> bool:
    return letter in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def of_words(words: str) -> Iterator[Fault]:
    """What is wrong with a message as it goes to a terminal or a log."""
    if CANARY in words or CANARY.lower() in words:
        yield Fault("canary in a message", words[:MAX_SHOWN])
    if odd := sorted({f"U+{ord(letter):04X}" for letter in words if is_control(letter) or is_bidirectional(letter)}):
        yield Fault("control character in a message", f"{', '.join(odd)}: {words[:MAX_SHOWN]!r}")
    if found := OF_PYTHON.search(words):
        yield Fault("python in a message", words[max(0, found.start() - 100) : found.end() + 100])
    if found := LOG_COMMAND.search(words):
        yield Fault("log command in a message", words[max(0, found.start() - 100) : found.end() + 100])


def is_noise(fault: Fault, done: Sequence[str]) -> bool:
    """Whether a fault is one of the table, in a case where this was done."""
    return any(_is_of(noise, fault, done) for noise in NOISE)


def _is_of(noise: Noise, fault: Fault, done: Sequence[str]) -> bool:
    said = re.search(noise.words, fault.words, re.DOTALL) if fault.what == noise.what else None
    if said is None:
        return False
    key = _escaped(said.groupdict().get("key") or "")
    pattern = noise.done.replace("{key}", _pattern(key))
    if len(key) > MAX_KEY:  # no message shows all of it
        pattern = noise.done.replace(r"{key}(?!\w)", _pattern(key[:MAX_KEY]))
    return any(re.search(pattern, _escaped(line)) for line in done)


def _pattern(key: str) -> str:
    """A key in a message: Bicep goes on in a new line, indented, where it takes a character of it for a line's end."""
    return re.sub(r"(?:\\ )+", r"\\s*", re.escape(key))


def _escaped(text: str) -> str:
    """A text in ASCII, however often it was escaped before it was shown."""
    return re.sub(r"\\+", r"\\", text.encode("unicode_escape").decode())
