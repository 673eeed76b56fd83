"""Each nasty text, and each nasty name, in every place of whole platforms that takes it: what comes out is judged.

    python -m tests.hunt.floods --part 1/8

Texts go into everything that takes any text, names onto entries and whatever names them, as far as emission: each file
reads back, nothing of a text runs or steers a log, and the same bytes come out again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import click

from mlinfra.output.manifest import read_manifest
from tests.hunt import mutate
from tests.hunt.cases import _write
from tests.hunt.command import ran
from tests.hunt.draft import Draft
from tests.hunt.examples import Example, examples
from tests.hunt.forms import of_command
from tests.hunt.ground import prepare
from tests.hunt.hostile import NAMES, PATHS, TEXTS
from tests.hunt.judge import Fault, is_noise, of_output
from tests.hunt.text_judges import TextJudges

FLOODED = ("bank", "circuits", "lakehouse", "stacks")
LONGEST = "a" * 131_072  # more than Bicep holds in a text
OUT = "generated/out"


def cases() -> Iterator[tuple[str, str, bool]]:
    """An example, a text, and whether it is to be a name."""
    for name in FLOODED:
        yield from ((name, text, False) for text in (*TEXTS, LONGEST))
        yield from ((name, text, True) for text in (*NAMES, *PATHS))


def flooded(example: Example, text: str, is_name: bool) -> Draft:
    """An example with the text wherever it goes; as a name, on one entry of each section."""
    draft = Draft(example)
    if is_name:
        for section in sorted({place.trail[0] for place in draft.places() if mutate.is_an_entry(place)}, key=str):
            entries = [place for place in draft.places() if place.trail[0] == section and mutate.is_an_entry(place)]
            mutate.rename(draft, Random(text).choice(entries), text, follow=True)
    else:
        mutate.flood(draft, text.replace("${", "$${"), with_keys=len(text) < 100)
    return draft


def faults_of(example: Example, text: str, is_name: bool, folder: Path, judges: TextJudges) -> Iterator[Fault]:
    """What is wrong with how a flooded platform is answered, and with what it becomes."""
    ground = prepare(folder, example.name)
    draft = flooded(example, text, is_name)
    _write(draft, ground.root)
    done = ran(("-f", f"specs/{example.name}", "compile", "--outdir", OUT), ground.root)
    yield from of_command(done)
    if done.code != 0:
        return
    texts = {
        path.relative_to(ground.out).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(ground.out.rglob("*"))
        if path.is_file()
    }
    found = [*of_output(ground.out, read_manifest(texts["manifest.json"]))]
    found += [Fault("pipelines", said) for said in judges.pipelines(texts)]
    found += [Fault("shellcheck", said) for said in judges.scripts(ground.out, texts)]
    again = ran(("-f", f"specs/{example.name}", "compile", "--check", "--outdir", OUT), ground.root)
    found += [Fault("compiled twice, it differs", again.err[-300:])] if again.code else []
    yield from (each for each in found if not is_noise(each, draft.differences()))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt.floods", description=__doc__)
    parser.add_argument("--part", default="1/1", help="1/8: an eighth of the texts")
    options = parser.parse_args(arguments)
    which, parts = (int(word) for word in options.part.split("/"))
    by_name = {example.name: example for example in examples()}
    judges, found, count = TextJudges(), 0, 0
    with tempfile.TemporaryDirectory(prefix="floods-") as folder:
        for name, text, is_name in list(cases())[which - 1 :: parts]:
            count += 1
            for fault in faults_of(by_name[name], text, is_name, Path(folder) / "case", judges):
                found += 1
                what = f"FOUND {fault.what}: {fault.words}\n    {name}, {'named ' if is_name else ''}{text[:80]!r}"
                click.echo(what.encode("unicode_escape").decode())
    click.echo(f"{count} floods, {found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
