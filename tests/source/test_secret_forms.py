"""Tokens of one service each, by their form alone: under no name, in the middle of a text; and what is near them.

No secret stands here: each is joined from its parts when the tests run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlinfra.diagnostics.secrecy import looks_secret, masked
from tests.source.secret_values import ALNUM, BASE64, HEX, LOWER, UPPER, URL_SAFE, made

# What starts one, and how it goes on: so many characters of an alphabet, with what stands between them as it is.
# Sources: gitleaks/gitleaks config/gitleaks.toml, and GitHub's list of supported secret scanning patterns.
FORMS = """\
1Password|ops_|eyJ 260:base64
1Password, of a vault|A3|- 6:upper - 11:upper - 5:upper - 5:upper - 5:upper
Adobe|p8e|- 32:lower
Airtable|pat|14:alnum . 64:hex
Alibaba|LTA|I 20:alnum
Bedrock|ABS|K 120:base64
ClickHouse|4b1|d 38:alnum
Clojars|CLOJARS|_ 60:lower
Cloudflare|v1.0|- 24:hex - 146:hex
Duffel|duffel_live|_ 43:lower
Dynatrace|dt0c01|. 24:upper . 64:upper
EasyPost|EZA|K 54:alnum
Facebook|EAA|M 120:alnum
Fly|fo1|_ 43:url
Fly, of a machine|fm2|_ 110:base64
frame.io|fio-u|- 64:lower
GitLab, of a job|glcbt|- 2:alnum _ 20:url
GitLab, of a feed|glft|- 20:url
GitLab, of mail|glimt|- 25:url
GitLab, of a runner|GR13489|41 20:url
Harness|pat|. 22:alnum . 24:alnum . 20:alnum
Heroku|HRKU|-AA 58:url
Hugging Face, of an organization|api_org|_ 34:alnum
Infracost|ico|- 32:alnum
Octopus|API|- 26:upper
OpenShift|sha256|~ 43:url
PlanetScale|pscale_tkn|_ 43:url
Prefect|pnu|_ 36:alnum
ReadMe|rdme|_ 70:lower
RubyGems|rubygems|_ 48:hex
Scalingo|tk-us|- 48:url
Shippo|shippo_live|_ 40:hex
Sourcegraph|sgp|_ 40:hex
Square|sq0atp|- 22:url
Stripe|rk_prod|_ 24:alnum
ElevenLabs|sk|_ 48:hex
Supabase|sbp|_ 40:hex
Vercel|vercel_blob_rw|_ 16:alnum _ 30:alnum
Netlify|nfp|_ 36:alnum
Figma|figd|_ 40:url
Buildkite|bkua|_ 40:hex
CircleCI|CCIPAT|_ 22:alnum _ 40:hex
SonarQube|sqp|_ 40:hex
Tailscale|tskey-auth|- 16:alnum - 32:alnum
Together|tgp_v1|_ 43:url
Tavily|tvly-dev|- 32:alnum
Jina|jina|_ 60:alnum
Mailgun|key|- 32:hex
E2B|e2b|_ 40:hex
Firecrawl|fc|- 32:lower
Voyage|pa|- 43:alnum
Neptune|eyJhcGlfYWRk|cmVzcyI6 80:base64
New Relic|NRII|- 32:url
W&B of one's own|local|- 40:hex
"""
HARMLESS = """\
tk-us-east-region-of-the-service
local-development-of-models
key-value-store-of-features
patients.encounters.2024
rdme_of_the_project
sm_pat_column_of_the_table
nfp_non_farm_payrolls_2024
sgp_region_singapore_southeast
ops_eyes_detection_model_v2
hvb.bank.accounts.daily
pat.names.of.columns.in.a.table
API-MANAGEMENT-OF-THE-PLATFORM
v1.0-rc1-of-the-model
sk_customer_id_of_the_order
d41d8cd98f00b204e9800998ecf8427e-us-east
python-3.11.9-h955ad1f_0
jinaai/jina-embeddings-v3
fc-resnet50-imagenet-pretrained-weights
pa-network-of-the-state-of-pennsylvania-in-2024-and-later
"""
ALPHABETS = {"alnum": ALNUM, "base64": BASE64, "hex": HEX, "lower": LOWER, "upper": UPPER, "url": URL_SAFE}


def _tokens() -> Iterator[tuple[str, str]]:
    for line in FORMS.splitlines():
        what, start, rest = line.split("|")
        yield what, start + "".join(_random(what, part) if ":" in part else part for part in rest.split())


def _random(seed: str, part: str) -> str:
    """The same in every run, with a digit in it, as nearly all of that length have one."""
    count, _, alphabet = part.partition(":")
    return made(f"{seed} {count}", int(count) - 1, ALPHABETS[alphabet]) + "7"


@pytest.mark.parametrize(("what", "token"), list(_tokens()), ids=[what for what, _ in _tokens()])
def test_a_token_is_found_by_its_form(what: str, token: str) -> None:
    assert looks_secret(f"run --with {token} here"), what
    assert token not in masked(f"run --with {token} here")


@pytest.mark.parametrize("text", HARMLESS.splitlines())
def test_what_only_begins_as_one_is_none(text: str) -> None:
    assert looks_secret(text) is None
