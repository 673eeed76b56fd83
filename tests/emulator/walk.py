"""What the people and the pipelines of a platform do, one after the other, each as himself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.emulator.bricks.people import let_in
from tests.emulator.elsewhere import make_elsewhere
from tests.emulator.machine import Machine, Result
from tests.emulator.outcome import differences, outcome
from tests.emulator.people import SECRET, Somebody, add_somebody, give_role
from tests.emulator.pipeline import Step, steps_for
from tests.emulator.platforms import Target, prepare
from tests.emulator.resources import of_type
from tests.emulator.tokens import TENANT, federated_token

# As Entra issues for connections that are made now: nobody can predict the subject.
_ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
_NOBODY = "00000000-0000-0000-0000-000000000001"
_ELSEWHERE = "the owner of another group"
_CREDENTIALS = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"


class Reached(NamedTuple):
    """A step that ran: the state before it and after, and how many requests to Resource Manager it made."""

    step: Step
    before: str
    after: str
    requests: int


class Walk:
    """One target of a platform on one machine. What bootstrap.sh gave is all that the connections can do."""

    OWNER = "the owner"

    def __init__(self, machine: Machine, target: Target) -> None:
        self.machine = machine
        self.target = target
        self.state = machine.emulator.state
        self.owner = prepare(self.state, target)
        make_elsewhere(self.state, target)
        self.connections = self._connections()
        self._signed_in = ""
        for name in ("temp", "staging"):
            (machine.folder / name).mkdir(exist_ok=True)
        self.federations = {name: (_ISSUER, _subject(name)) for name in self.connections}
        lines = (f"{name}\t{issuer}\t{subject}\n" for name, (issuer, subject) in self.federations.items())
        (machine.folder / "federations.tsv").write_text("".join(lines))

    def steps(self) -> tuple[Step, ...]:
        """All that comes before the first release, in order: as the pipelines do it, where there are some."""
        target = self.target
        if not self._has_pipelines:
            ids = (f"{name}={self._application(name).object_id}" for name in self.connections)
            given = tuple(word for pair in ids for word in ("--object-id", pair))
            deploy, plan, *_ = self.connections
            return (
                self.script(self.OWNER, "bootstrap.sh", *given),
                self.script(plan, "what-if.sh", "--validation-level", "ProviderNoRbac"),
                self.script(deploy, "deploy-infra.sh"),
            )
        pipelines = target.output / "pipelines"
        repository = target.output.parent.parent
        return (
            self.script(self.OWNER, "bootstrap.sh"),
            self.script(self.OWNER, "bootstrap.sh", "--federations", "federations.tsv"),
            *(
                Step("what is handed over", _ELSEWHERE, ("bash", str(script)), self.machine.folder)
                for script, *_ in target.handovers
            ),
            # Jobs of pull requests need the workspace, which infra.yml deploys.
            *steps_for(pipelines / "pr.yml", target.name, repository, self.machine.folder, but="check-job.sh"),
            *steps_for(pipelines / "infra.yml", target.name, repository, self.machine.folder),
        )

    def sign_in(self, step: Step) -> None:
        """As who runs the step, unless he is signed in."""
        if step.who not in ("", self.OWNER):
            make_elsewhere(self.state, self.target)
        if step.who and step.who != self._signed_in:
            self._sign_in(step.who)
            self._signed_in = step.who
        if step.script == "deploy-bundles.sh" and step.who and not (self._databricks / "account.json").exists():
            let_in(self.state, self._identity(step.who)["clientId"], self._run_as())

    def run(self, step: Step, *, kill_at: int = 0) -> Result:
        """Runs a step as who has signed in; pauses between two looks are left out."""
        pipeline = {} if step.who in (self.OWNER, _ELSEWHERE) else {"TF_BUILD": "True"}
        environment = {**step.environment, **pipeline, "MLINFRA_POLL_SECONDS": "0"}
        return self.machine.run(*step.command, folder=step.folder, kill_at=kill_at, **environment)

    def forget_who_is_signed_in(self) -> None:
        """Somebody else signed in on the machine since."""
        self._signed_in = ""

    @property
    def _databricks(self) -> Path:
        return self.target.output / self.target.name / "databricks"

    def _run_as(self) -> set[str]:
        """The service principals as which jobs of bundles run."""
        texts = (path.read_text() for path in self._databricks.rglob("*.yml"))
        return {name for text in texts for name in re.findall(r"service_principal_name: \"?([0-9a-f-]{36})", text)}

    @property
    def _has_pipelines(self) -> bool:
        return (self.target.output / "pipelines").exists()

    def script(self, who: str, name: str, *arguments: str) -> Step:
        """A script of the output for the target, run by somebody."""
        command = ("bash", str(self.target.output / "scripts" / name), "--target", self.target.name, *arguments)
        return Step(name, who, command, self.machine.folder)

    def _sign_in(self, who: str) -> None:
        if who == _ELSEWHERE:
            self.machine.sign_in_by_secret(self._somebody_elsewhere().client_id, SECRET)
        elif who == self.OWNER:
            self.machine.sign_in_by_secret(self.owner.client_id, SECRET)
        elif self._has_pipelines:
            token = federated_token(*self.federations[who])
            self.machine.sign_in_by_federation(self._identity(who)["clientId"], token)
        else:
            self.machine.sign_in_by_secret(self._application(who).client_id, SECRET)

    def _somebody_elsewhere(self) -> Somebody:
        """Who owns the groups to which something is handed over, and reads the identities that bootstrap.sh made."""
        somebody = add_somebody(self.state, "somebody else")
        for _, subscription, group in self.target.handovers:
            give_role(self.state, somebody.object_id, "Owner", f"/subscriptions/{subscription}/resourceGroups/{group}")
        own = f"/subscriptions/{self.target.subscription}/resourceGroups/{self.target.group}"
        for group in (own, f"{own}-connections"):
            give_role(self.state, somebody.object_id, "Reader", group)
        return somebody

    def _connections(self) -> tuple[str, ...]:
        """The connections of the target, as bootstrap.sh says them to somebody who names a wrong one."""
        wrong = ("--target", self.target.name, "--object-id", f"nobody={_NOBODY}")
        said = self.machine.run("bash", str(self.target.output / "scripts" / "bootstrap.sh"), *wrong).stderr
        match = re.search(r"has no connection \"nobody\", it has: (.*)", said)
        assert match, said
        return tuple(match[1].split(", "))

    def _application(self, connection: str) -> Somebody:
        return add_somebody(self.state, f"{self.target.spec}-{self.target.name}-{connection}")

    def _identity(self, connection: str) -> dict[str, str]:
        """That which trusts what is said about a connection; nobody's, before there is one."""
        for credential in of_type(self.state, _CREDENTIALS):
            if credential["properties"]["subject"] == self.federations[connection][1]:
                identity = credential["id"].rpartition("/federatedIdentityCredentials/")[0]
                found = self.state.table("resources")[identity.lower()]
                identity_of_connection: dict[str, str] = found["properties"]
                return identity_of_connection
        return {"clientId": _NOBODY, "principalId": _NOBODY}


def _subject(connection: str) -> str:
    return f"/eid1/c/pub/t/emulated/a/devops/sc/contoso/{connection}"


def reach(walk: Walk, step: Step) -> Reached:
    """Runs a step twice: the second time changes nothing."""
    walk.sign_in(step)
    before, log = walk.state.dump(), walk.machine.emulator.log
    log.clear()
    first = walk.run(step)
    assert first.code == 0, f"{step}\n{first.stderr}"
    requests = sum(exchange.request.host == "management.azure.com" for exchange in log)
    after, made = walk.state.dump(), outcome(walk.state)
    again = walk.run(step)
    assert again.code == 0, f"again: {step}\n{again.stderr}"
    assert differences(made, outcome(walk.state)) == []
    return Reached(step, before, after, requests)
