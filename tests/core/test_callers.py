"""What the page of the output tells those who call: exact rows and examples, of specs with endpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.emit.readme import readme
from tests.spec import HEADER, compiled, found

WORKSPACE = "workspaces: {main: {}}\n"
PERSON = "44444444-4444-4444-4444-444444444444"
SLOT = "{model: m, instance_type: Standard_D4as_v4, instance_count: 1}"
MODEL = "models: {m: {path: model, version: 3, type: mlflow_model}}\n"
COLUMNS = json.dumps(
    [
        {"type": "long", "name": "age", "required": True},
        {"type": "string", "name": "plan|x", "required": False},
        {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}},
    ]
)
SIGNED = f"flavors: {{}}\nsignature:\n  inputs: '{COLUMNS}'\n  outputs: '[{{\"type\": \"double\"}}]'\n"
ENDPOINT = "https://o-dev-yf3g"
SCORE = f"{ENDPOINT}.westeurope.inference.ml.azure.com/score"
PLACE = (
    "--workspace-name mlw-churn-dev --resource-group rg-churn-dev --subscription 11111111-1111-1111-1111-111111111111"
)


def section(folder: Path, text: str, files: Mapping[str, str] | None = None, header: str = HEADER) -> str:
    """The part of the page for those who call."""
    page = readme(compiled(folder, header + text, files).plans, "made in a test").text
    _, found, rest = page.partition("## For those who call it\n")
    return rest.partition("\n## What was derived")[0] if found else ""


def endpoint(body: str, deployment: str = SLOT) -> str:
    return f"{WORKSPACE}{MODEL}online_endpoints: {{o: {{{body}, deployments: {{blue: {deployment}}}}}}}\n"


def test_a_platform_without_endpoints_has_no_such_part(tmp_path: Path) -> None:
    assert section(tmp_path, WORKSPACE) == ""


WHO_HAS_IT = "whoever got it from someone who may manage the workspace"
SHOW = f"az ml online-endpoint show --name o-dev-yf3g {PLACE} --query scoring_uri --output tsv"
WHO = f"""\
identities: {{app: {{}}}}
principals:
  lead: {{object_id: {PERSON}, type: user, role: ml_engineer}}
  work: {{object_id: {PERSON.replace("4", "5")}, role: deployer, workspace: main}}
  look: {{object_id: {PERSON.replace("4", "6")}, role: reader}}
"""
CALLED_BY = "`identities.app`, `principals.lead`; and who works in the workspace: `principals.work`"
ALLOWED = "network: {allowed_ips: [203.0.113.0/24], outbound: internet}\n"
_ROUTE = "{port: 8000, path: %s}"
ROUTES = f"liveness_route: {_ROUTE % '/up'}, readiness_route: {_ROUTE % '/up'}, scoring_route: {_ROUTE % '/v1/chat'}"
ROUTED = f"environments: {{e: {{image: 'contoso/llm:1', inference_config: {{{ROUTES}}}}}}}\n"
ON_A_CLUSTER = "{type: kubernetes, model: m, instance_type: small, instance_count: 1}"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (
            endpoint("auth_mode: aad_token"),
            (f"`{SCORE}`", "a token of Entra", "nobody whom the spec names", "everywhere"),
        ),
        (
            endpoint("auth_mode: aad_token, consumers: [app, principals.lead]") + WHO,
            (f"`{SCORE}`", "a token of Entra", CALLED_BY, "everywhere"),
        ),
        (
            endpoint("auth_mode: aad_token", SLOT.replace("}", ", environment: e}")) + ROUTED,
            (f"`{SCORE.replace('score', 'v1/chat')}`", "a token of Entra", "nobody whom the spec names", "everywhere"),
        ),
        (
            endpoint("auth_mode: aad_token", f"{SLOT.replace('}', ', environment: e}')}, green: {SLOT}") + ROUTED,
            (f"what `{SHOW}` says", "a token of Entra", "nobody whom the spec names", "everywhere"),
        ),
        (
            endpoint("auth_mode: key, location: northeurope, public_network_access: disabled"),
            (
                f"`{SCORE.replace('westeurope', 'northeurope')}`",
                "a key of the endpoint, which never expires",
                WHO_HAS_IT,
                "networks with a private endpoint of workspaces.main",
            ),
        ),
        (
            endpoint("auth_mode: amlToken") + ALLOWED,
            (
                f"`{SCORE}`",
                "a token of the endpoint, which expires",
                WHO_HAS_IT,
                "everywhere: allowed_ips guard storage, vaults and registries, and no endpoint",
            ),
        ),
        (
            endpoint("auth_mode: key, compute: azureml:k8s", ON_A_CLUSTER),
            (
                f"what `{SHOW}` says",
                "a key of the endpoint, which never expires",
                WHO_HAS_IT,
                "wherever its cluster is reached from",
            ),
        ),
    ],
    ids=["entra", "consumers", "route", "two routes", "key", "token", "kubernetes"],
)
def test_each_endpoint_has_a_row_for_each_target(tmp_path: Path, text: str, cells: tuple[str, ...]) -> None:
    page = section(tmp_path, text, {"model/MLmodel": SIGNED})
    assert f"| {' | '.join(('dev', *cells))} |" in page.splitlines()


@pytest.mark.parametrize(
    ("cloud", "suffix", "resource"),
    [
        ("usgov", "usgovvirginia.inference.ml.azure.us/score", "https://ml.azure.us"),
        ("china", "chinanorth3.inference.ml.azure.cn/score", "https://ml.azure.cn"),
    ],
)
def test_each_cloud_has_its_own_addresses(tmp_path: Path, cloud: str, suffix: str, resource: str) -> None:
    header = HEADER.replace("location: westeurope", f"location: {suffix.partition('.')[0]}\ncloud: {cloud}")
    page = section(tmp_path, endpoint("auth_mode: aad_token"), {"model/MLmodel": SIGNED}, header)
    assert f"| `{ENDPOINT}.{suffix}` |" in page
    assert f"az account get-access-token --resource {resource} --query accessToken --output tsv |\n" in page
    assert f"Programs ask Entra for the scope `{resource}/.default`." in page


@pytest.mark.parametrize(
    ("body", "token"),
    [
        ("auth_mode: aad_token", "az account get-access-token --resource https://ml.azure.com --query accessToken"),
        (
            "auth_mode: key",
            f"az ml online-endpoint get-credentials --name o-dev-yf3g {PLACE} --query primaryKey",
        ),
        (
            "auth_mode: aml_token",
            f"az ml online-endpoint get-credentials --name o-dev-yf3g {PLACE} --query accessToken",
        ),
    ],
)
def test_the_example_sends_the_request_of_the_smoke_test(tmp_path: Path, body: str, token: str) -> None:
    text = endpoint(f"{body}, smoke_test: {{request: tests/it's one.json, contains: 'a `b`'}}")
    page = section(tmp_path, text, {"model/MLmodel": SIGNED, "tests/it's one.json": '{"a": 1}\n```\n'})
    assert (
        f"```bash\n{token} --output tsv |\n  sed 's/^/Authorization: Bearer /' |\n"
        "  curl --fail-with-body --header @- --header 'Content-Type: application/json' \\\n"
        f"    --data '@tests/it'\\''s one.json' {ENDPOINT}.westeurope.inference.ml.azure.com/score\n```\n"
    ) in page
    assert (
        "A request that each deployment has answered before it got traffic, `tests/it's one.json`; the answer holds "
        '`` a `b` ``:\n\n````\n{"a": 1}\n```\n````\n'
    ) in page


def test_a_request_with_other_line_ends_is_shown_with_those_of_the_page(tmp_path: Path) -> None:
    text = endpoint("auth_mode: aad_token, smoke_test: {request: r.json}")
    page = section(tmp_path, text, {"model/MLmodel": SIGNED, "r.json": '{"a":\r\n1,\r"b": 2}\r\n'})
    assert '```json\n{"a":\n1,\n"b": 2}\n```\n' in page


@pytest.mark.parametrize(
    "content",
    ['{"a": "' + "x" * 2_000 + '"}', "\x1b[2J", '{"a": "\u202e"}'],
    ids=["large", "control", "invisible"],
)
def test_a_request_that_is_nothing_for_a_page_is_only_named(tmp_path: Path, content: str) -> None:
    text = endpoint("auth_mode: aad_token, smoke_test: {request: r.json}")
    page = section(tmp_path, text, {"model/MLmodel": SIGNED, "r.json": content})
    assert "before it got traffic, `r.json`.\n" in page
    assert content not in page


def test_what_looks_like_a_secret_in_a_request_is_not_repeated(tmp_path: Path) -> None:
    text = endpoint("auth_mode: aad_token, smoke_test: {request: r.json}")
    secret = "AccountKey=" + "a1B2" * 21 + "ab=="
    files = {"model/MLmodel": SIGNED, "r.json": f'{{"a": "{secret}"}}'}
    said = found(tmp_path, HEADER + text, files)
    assert [each.code.id for each in said if each.severity == "error"] == ["MLI219"]
    assert not any(secret in f"{each.message} {each.help}" for each in said)
    assert compiled(tmp_path, HEADER + text, files).plans == ()


OF_A_RUN = """\
models: {m: {from_job: t, output: m}}
jobs:
  t: {type: command, command: x, environment: azureml:e:1, compute: serverless, outputs: {m: {type: mlflow_model}}}
"""
MANY = json.dumps([{"type": "long", "name": f"c{number}"} for number in range(22)])


@pytest.mark.parametrize(
    ("model", "deployment", "described", "takes"),
    [
        (
            MODEL,
            SLOT,
            SIGNED,
            "takes `age` (long), <code>plan\\|x</code> (string, optional), (float64 \\[-1, 3\\]); gives (double)",
        ),
        (
            MODEL,
            SLOT,
            f"signature: {{inputs: '{MANY}'}}",
            f"takes {', '.join(f'`c{n}` (long)' for n in range(20))} and 2 more",
        ),
        (MODEL, SLOT, "flavors: {}", "models.m has no signature, which MLflow logs with an example of the input"),
        (
            MODEL,
            SLOT,
            "signature: {inputs: '[[['}",
            "models.m has no signature, which MLflow logs with an example of the input",
        ),
        (MODEL, SLOT, "a: [", "models.m has no signature, which MLflow logs with an example of the input"),
        (
            OF_A_RUN,
            SLOT,
            "",
            "what the run that made models.m logged: `signature` in the file `MLmodel` of that version",
        ),
        (
            MODEL,
            f"{SLOT[:-1]}, environment: azureml:e:1, code_configuration: {{code: src, scoring_script: s.py}}}}",
            SIGNED,
            "what `src/s.py` reads",
        ),
        (
            MODEL,
            SLOT.replace("model: m", "model: azureml:other:1"),
            SIGNED,
            "what its model says, which lies outside the spec",
        ),
    ],
    ids=["signature", "many columns", "none", "no JSON", "no YAML", "of a run", "script", "outside"],
)
def test_what_a_deployment_takes_is_said_where_it_is_known(
    tmp_path: Path, model: str, deployment: str, described: str, takes: str
) -> None:
    text = endpoint("auth_mode: aad_token", deployment).replace(MODEL, model)
    page = section(
        tmp_path, text, {"model/MLmodel": described, "src/s.py": "def init(): ...\n\n\ndef run(data): ...\n"}
    )
    assert f"| `blue` | {takes} |" in page.splitlines()


NO_ROLE = (
    "No role can start runs and do nothing else: whoever may run jobs in the workspace starts them, and who needs the "
    "results reads them where they are written."
)


def test_a_batch_endpoint_says_how_a_run_is_started_and_where_its_results_are(tmp_path: Path) -> None:
    text = f"{WORKSPACE}batch_endpoints: {{nightly: {{description: 'All | of it'}}}}\n"
    name = "nightly-dev-yf3g"
    assert (
        section(tmp_path, text)
        == f"""
### batch_endpoints.nightly

All \\| of it

| Target | Address | Workspace | Default deployment |
| --- | --- | --- | --- |
| dev | `https://{name}.westeurope.inference.ml.azure.com/jobs` | `mlw-churn-dev` | – |

<details>
<summary>How it is called</summary>

{NO_ROLE}

A run, here in dev, which prints its name:

```bash
az ml batch-endpoint invoke --name {name} {PLACE} \\
  --input INPUT --query name --output tsv
```

Its results, once it has completed:

```bash
az ml job download --name NAME --output-name score --download-path FOLDER {PLACE}
```

</details>
"""
    )
