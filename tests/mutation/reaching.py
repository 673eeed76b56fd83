"""Which tests reach what is changed: each place whose change will be tried tells, in one run of them all."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path

from tests.mutation.changes import Way

FAST = ("-q", "-m", "not slow and not bicep and not matrix")
# In the copy: `reached(n)` notes the test under which it was called, in this process or in one that a test started.
NAME = "what_is_reached"
ELSEWHERE = "programs"  # a room of what is emitted as it stands, and runs where nothing of the copy can be imported
NOTES = """
import os
from pathlib import Path

FOLDER = Path(__file__).with_suffix("")
known = set()


def reached(number):
    test = os.environ.get("PYTEST_CURRENT_TEST")
    if test and (number, test) not in known:
        known.add((number, test))
        FOLDER.mkdir(exist_ok=True)
        with (FOLDER / str(os.getpid())).open("a", encoding="utf-8") as notes:
            notes.write(f"{number} {test!r}\\n")
    return False
"""


def telling(text: str, ways: Mapping[int, Way]) -> str:
    """The module, in which the node of each way tells its number where it acts, but for what acts on import."""
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    chosen: dict[int, list[int]] = defaultdict(list)
    for number, way in ways.items():
        chosen[id(nodes[way.node])].append(number)
    return ast.unparse(ast.fix_missing_locations(_Telling(chosen).visit(tree)))


class _Telling(ast.NodeTransformer):
    """Puts `reached(n) or` before what a node computes, within functions."""

    def __init__(self, chosen: Mapping[int, Sequence[int]]) -> None:
        self._chosen = chosen
        self._functions = 0

    def visit(self, node: ast.AST) -> ast.AST:
        numbers = self._chosen.get(id(node), ()) if self._functions else ()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._function(node)
            case ast.JoinedStr() | ast.MatchValue() | ast.arguments():
                return node  # takes no such expression, or is read when the function is made
            case ast.If() | ast.IfExp() | ast.While():
                self.generic_visit(node)
                node.test = _told(numbers, node.test)
                return node
            case ast.Assign(value=value) | ast.AnnAssign(value=value) if value is not None:
                self.generic_visit(node)
                node.value = _told(numbers, node.value or value)
                return node
            case ast.expr():
                self.generic_visit(node)
                return _told(numbers, node)
            case _:
                return self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        numbers = self._chosen.get(id(node.args), ())
        self._functions += 1
        node.body = [self.visit(each) for each in node.body]  # type: ignore[misc]  # statements stay statements
        self._functions -= 1
        first = 1 if ast.get_docstring(node, clean=False) is not None else 0
        node.body[first:first] = [ast.Expr(_call(number)) for number in numbers]
        return node


def _told(numbers: Iterable[int], node: ast.expr) -> ast.expr:
    calls: list[ast.expr] = [_call(number) for number in numbers]
    return ast.BoolOp(ast.Or(), [*calls, node]) if calls else node


def _call(number: int) -> ast.expr:
    return ast.parse(f"__import__({NAME!r}).reached({number})", mode="eval").body


def reaching(
    copy: Path, places: Mapping[Path, Mapping[int, Way]], files: Sequence[Path], processes: int
) -> dict[int, tuple[str, ...]]:
    """By number the tests that reach it, the most particular first.

    `places` are the ways by module and number, `files` those of the tests, all relative to the copy. What ran while
    something was set up counts for every test of the file. Raises RuntimeError where a test fails in the copy as it is.
    """
    before = {module: (copy / module).read_text(encoding="utf-8") for module in places}
    notes = copy / "compiler" / f"{NAME}.py"
    notes.write_text(NOTES, encoding="utf-8")
    for module, ways in places.items():
        if ELSEWHERE not in module.parts:
            (copy / module).write_text(telling(before[module], ways), encoding="utf-8")
    failed = _failed(copy, list(map(str, files)), processes)
    for module, text in before.items():
        (copy / module).write_text(text, encoding="utf-8")
    notes.unlink()
    # Tests that read the modules may mind what was put in.
    if failed and (really := _failed(copy, sorted(failed), processes)):
        raise RuntimeError("\n".join(sorted(really)))
    found = _read(notes.with_suffix(""), failed)
    reached = Counter(test for tests in found.values() for test in tests)
    return {number: tuple(sorted(tests, key=lambda test: (reached[test], test))) for number, tests in found.items()}


def _failed(copy: Path, asked: Sequence[str], processes: int) -> set[str]:
    """The tests that fail, of those asked for."""
    with tempfile.TemporaryDirectory() as memory:
        given = ("-p", "cacheprovider", "-o", f"cache_dir={memory}", "-n", str(processes), "--dist", "loadfile")
        command = [sys.executable, "-m", "pytest", *FAST, *given, *asked]
        ran = subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True, text=True, check=False)
        if ran.returncode not in (0, 1):
            raise RuntimeError(ran.stdout[-5000:] + ran.stderr[-5000:])
        last = Path(memory) / "v" / "cache" / "lastfailed"
        return set(json.loads(last.read_text(encoding="utf-8"))) if last.exists() else set()


def _read(folder: Path, failed: Set[str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for file in folder.iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            number, _, said = line.partition(" ")
            test, _, phase = str(ast.literal_eval(said)).rpartition(" ")
            if test not in failed:
                found[int(number)].add(_question(test, phase))
    return found


def _question(test: str, phase: str) -> str:
    """What to ask pytest for: the test, without parameters that no argument can hold; or its file."""
    if phase != "(call)":
        return test.partition("::")[0]
    return test if test.isprintable() else test.partition("[")[0]


def environment(copy: Path) -> dict[str, str]:
    """That of a process in which the copy's compiler and tests are imported."""
    paths = os.pathsep.join((str(copy / "compiler"), str(copy)))
    return {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
