"""Online endpoints: traffic and authentication."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.casing import snake
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.languages.azureml.checks.walk import whole
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem, nearly

TRAFFIC_SUM = Code(
    id="MLI631",
    severity="error",
    title="Traffic that does not add up",
    why="The service takes percentages that add up to 100, or to 0; the Azure ML client notices only more than 100",
    fix="Let the percentages add up to 100",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online",
)
TRAFFIC_TARGET = Code(
    id="MLI632",
    severity="error",
    title="Traffic to a deployment that the endpoint does not have",
    why="The service refuses a split that names an unknown deployment",
    fix="Name only entries of deployments",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online",
)
MIRROR = Code(
    id="MLI633",
    severity="error",
    title="Mirrored traffic that the service refuses",
    why="One deployment of a managed endpoint may get a copy of at most 50 % of the requests, and no live traffic",
    fix="Mirror at most 50 % to one deployment without live traffic",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints",
)
KUBERNETES_TOKEN = Code(
    id="MLI634",
    severity="error",
    title="Entra tokens at a Kubernetes endpoint",
    why="Only managed endpoints take auth_mode: aad_token",
    fix="Use key or aml_token, or a managed endpoint",
    source="https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth",
)
KEY_AUTH = Code(
    id="MLI635",
    severity="warning",
    title="Endpoint whose keys never expire",
    why="Whoever has a key may call the endpoint until it is changed; Entra tokens expire and name the caller",
    fix="Use auth_mode: aad_token",
    source="https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth",
)
MANY_DEPLOYMENTS = Code(
    id="MLI636",
    severity="error",
    title="More deployments than an endpoint holds",
    why="An online endpoint has at most 20 deployments",
    fix="Split them over several endpoints",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
NO_ROLE_ASKED = Code(
    id="MLI710",
    severity="error",
    title="Consumers of an endpoint that asks for no role",
    why="Only with aad_token is a role asked of who calls; a key lets in whoever has it, and so does a token that was "
    "got with the right to manage the endpoint",
    fix="Use auth_mode: aad_token, or leave consumers out and hand the key to those who call",
    source="https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth",
)

ENTRA, KEY, ML_TOKEN = "aad_token", "key", "aml_token"
MAX_MIRRORED_PERCENT = 50  # how-to-safely-rollout-online-endpoints
MAX_DEPLOYMENTS = 20  # how-to-manage-quotas, online endpoints


def auth_mode(body: Body) -> str:
    """How whoever calls an endpoint signs in; the default is that of OnlineEndpoint of azure-ai-ml."""
    return snake(body.get("auth_mode")) or KEY


def credential(body: Body) -> str:
    """What az calls the secret with which an endpoint is called; empty where that is a token of Entra."""
    return {ENTRA: "", ML_TOKEN: "accessToken"}.get(auth_mode(body), "primaryKey")


def check_traffic_sum(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    shares = [whole(share) for share in mapping(body.get("traffic")).values()]
    total = sum(share for share in shares if share is not None)
    if None not in shares and total not in (0, 100):
        yield BodyProblem(TRAFFIC_SUM, ("traffic",), f"traffic adds up to {total}", "it must add up to 100, or to 0")


def check_traffic_targets(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    deployments = mapping(body.get("deployments"))
    for key in ("traffic", "mirror_traffic"):
        for name in mapping(body.get(key)):
            if name not in deployments and not context.is_removed(name):
                help_text = did_you_mean(name, deployments) or "the endpoint has no deployments"
                message = f'deployment "{name}" is not defined'
                near = nearly(name, deployments, "deployments", ())
                yield BodyProblem(TRAFFIC_TARGET, (key, name), message, help_text, on_key=True, near=near)


def check_mirror(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    mirrored = {name: whole(share) or 0 for name, share in mapping(body.get("mirror_traffic")).items()}
    if mirrored and "compute" in body:
        message = "a Kubernetes endpoint can't mirror traffic"
        yield BodyProblem(MIRROR, ("mirror_traffic",), message, "only managed endpoints can", on_key=True)
    if len(mirrored) > 1:
        message = f"traffic is mirrored to one deployment, not to {len(mirrored)}"
        yield BodyProblem(MIRROR, ("mirror_traffic",), message, on_key=True)
    for name, share in mirrored.items():
        if share > MAX_MIRRORED_PERCENT:
            message = f"{share} % of the traffic can't be mirrored"
            yield BodyProblem(MIRROR, ("mirror_traffic", name), message, f"at most {MAX_MIRRORED_PERCENT} %")
        if share and whole(mapping(body.get("traffic")).get(name)):
            message = f'deployment "{name}" can\'t have both live and mirrored traffic'
            yield BodyProblem(MIRROR, ("mirror_traffic", name), message, "set its share of traffic to 0", on_key=True)


def check_auth_mode(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    written = snake(body.get("auth_mode"))
    if written == ENTRA and "compute" in body:
        message = "a Kubernetes endpoint takes no Entra tokens"
        yield BodyProblem(KUBERNETES_TOKEN, ("auth_mode",), message, "use key or aml_token")
    if written == KEY and "compute" not in body:
        yield BodyProblem(KEY_AUTH, ("auth_mode",), "keys of an endpoint do not expire", "use aad_token")


def check_consumers(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if "consumers" in body and auth_mode(body) in (KEY, ML_TOKEN):
        message = f"auth_mode is {body.get('auth_mode', KEY)}, with which no role is asked of who calls"
        yield BodyProblem(NO_ROLE_ASKED, ("consumers",), message, "use aad_token, or leave consumers out", on_key=True)


def check_deployment_count(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    count = len(mapping(body.get("deployments")))
    if count > MAX_DEPLOYMENTS:
        message = f"an endpoint has at most {MAX_DEPLOYMENTS} deployments, not {count}"
        yield BodyProblem(MANY_DEPLOYMENTS, ("deployments",), message, on_key=True)


RULES: tuple[Rule, ...] = (
    over_body(TRAFFIC_SUM, check_traffic_sum),
    over_body(TRAFFIC_TARGET, check_traffic_targets),
    over_body(MIRROR, check_mirror),
    over_body((KUBERNETES_TOKEN, KEY_AUTH), check_auth_mode),
    over_body(NO_ROLE_ASKED, check_consumers),
    over_body(MANY_DEPLOYMENTS, check_deployment_count),
)
