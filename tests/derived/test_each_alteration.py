"""What `derived` leaves out or changes compiles to what every judge takes, or the compiler says why it can't be so.

Some of all alterations are tried, others each time the seed is another one; with `MLINFRA_DERIVED=all`, as `make hunt`
has it, each of each example, or those of a part: `MLINFRA_DERIVED_PART=1/8`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from mlinfra.compile import Compiled
from mlinfra.emit.platform import Place
from mlinfra.output.output import output
from mlinfra.verify.bicep_cli import find_bicep
from tests.derived.trials import OMIT, Bench, Trial, grouped, trials, why_not
from tests.hunt.examples import Example, examples
from tests.hunt.judge import Fault, Judges

TRIES_ALL = os.environ.get("MLINFRA_DERIVED") == "all"
PART, PARTS = (int(word) for word in os.environ.get("MLINFRA_DERIVED_PART", "1/1").split("/"))
SEED = int(os.environ.get("MLINFRA_DERIVED_SEED", "14"))
TRIALS_OF_EACH = 1  # of an example, with all judges: one takes about two seconds
SMALL = [example for example in examples() if example.name == "minimal"]
EXAMPLES = [example for example in examples() if example.name != "everything"]


@pytest.fixture(scope="module")
def judges() -> Iterator[Judges]:
    made = Judges(find_bicep(os.environ))
    yield made
    made.close()


@pytest.mark.judges
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_what_comes_out_passes_the_judges(example: Example, judges: Judges, tmp_path: Path) -> None:
    bench = Bench(example, tmp_path)
    every = trials(bench.compiled())
    chosen = _of_this_part(every) if TRIES_ALL else Random(SEED).sample(every, min(TRIALS_OF_EACH, len(every)))
    wrong: dict[str, list[str]] = {}
    for group in grouped(chosen):
        for trial, faults in bench.wrong(group, judges):
            wrong[str(trial)] = [f"{fault.what}: {fault.words}" for fault in faults]
    assert wrong == {}


@pytest.mark.parametrize("example", EXAMPLES if TRIES_ALL else SMALL, ids=lambda example: example.name)
def test_whatever_is_left_out_is_known(example: Example, tmp_path: Path) -> None:
    """No address of the README's table is unknown to `derived`, and what can't be left out says so by its address."""
    bench = Bench(example, tmp_path)
    for trial in _of_this_part([each for each in trials(bench.compiled()) if each.says == OMIT]):
        unknown = f"MLI363 {trial.address} "  # of what the example alters and goes with this, it may be said
        assert [said for said in why_not(bench.compiled(trial)) if said.startswith(unknown)] == [], trial


def _of_this_part(every: list[Trial]) -> list[Trial]:
    return every[PART - 1 :: PARTS]


def test_a_zone_of_a_hub_that_is_left_out_registers_no_endpoint(tmp_path: Path) -> None:
    """All of the output is made: endpoints are registered in each of the other zones."""
    (bank,) = (example for example in EXAMPLES if example.name == "bank")
    bench = Bench(bank, tmp_path)
    compiled = bench.compiled(Trial("private_dns_zones.dfs", OMIT))
    texts = output(compiled.header, compiled.plans, Place(bench.spec, tmp_path, tmp_path / "generated")).texts()
    bicep = texts["prod/infra/storage.bicep"]
    assert "privateDnsZoneId: blobZone.id" in bicep
    assert "dfsZone" not in bicep


def test_a_trial_is_written_as_a_spec_has_it() -> None:
    assert str(Trial("a.lock", OMIT)) == "a.lock {'omit': True, 'because': 'we do it otherwise'}"


class OneJudge(Judges):
    """Finds fault with a name, and counts what it looks at."""

    def __init__(self) -> None:
        self.outputs = 0

    def faults(self, place: Place, compiled: Compiled) -> Iterator[Fault]:
        self.outputs += 1
        text = "".join(file.read_text(encoding="utf-8") for file in place.outdir.rglob("*.bicep"))
        yield from [Fault("lint", "our-own")] if "'our-own'" in text else []


def test_what_is_judged_together_is_said_of_the_one_that_is_wrong(tmp_path: Path) -> None:
    bench, judge = Bench(SMALL[0], tmp_path), OneJudge()
    diagnostics = "storage_accounts.main.blob_services.diagnostics"
    fine = Trial("workspaces.main.diagnostics", {"categories": ["audit"]})
    also_fine = Trial(diagnostics, {"categories": ["audit"]})
    assert list(bench.wrong([fine, also_fine], judge)) == []
    assert judge.outputs == 1
    wrong = Trial(diagnostics, {"azure_name": "our-own"})
    assert list(bench.wrong([fine, wrong], judge)) == [(wrong, [Fault("lint", "our-own")])]
    assert judge.outputs == 4


def test_what_is_left_out_is_judged_alone() -> None:
    named, sized = Trial("a", {"azure_name": "our-own"}), Trial("b", {"max_instances": 2})
    left_out, again, other = Trial("c", OMIT), Trial("a", {"level": "read_only"}), Trial("d", {"azure_name": "our-own"})
    assert grouped([named, left_out, sized, again, other]) == [[named, sized], [left_out], [again, other]]
