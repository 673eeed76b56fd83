"""Real-looking secrets are found, what resembles them is not: in the spec, in what it names, in what is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.diagnostics.secrecy import masked
from tests.source.harmless_values import HARMLESS
from tests.source.secret_values import BASE64, GITLEAKS, GUID, HEX, LOWER, SECRETS, URL_SAFE, Value, made
from tests.spec import HEADER, SCORING, found

JOB = "type: command, environment: 'azureml:e:1', compute: serverless"
LEAST_FOUND = 57  # of 60
MOST_ACCUSED = 1


def in_the_spec(folder: Path, values: Sequence[Value]) -> set[str]:
    lines = []
    for number, value in enumerate(values):
        is_command = value.key == "command"
        command = json.dumps(value.text) if is_command else "python train.py"
        variables = "" if is_command else f", environment_variables: {{{value.key}: {json.dumps(value.text)}}}"
        lines.append(f"  j{number}: {{{JOB}, command: {command}{variables}}}\n")
    text = f"{HEADER}workspaces: {{main: {{}}}}\njobs:\n{''.join(lines)}"
    first = text[: text.index("  j0")].count("\n") + 1
    said = {item.span.line for item in found(folder, text) if item.code.id == "MLI219"}
    return {value.what for number, value in enumerate(values) if first + number in said}


def in_a_conda_file(folder: Path, values: Sequence[Value]) -> set[str]:
    conda = "channels: [conda-forge]\ndependencies: [python=3.11]\nvariables:\n"
    conda += "".join(f"  {value.key}: {json.dumps(value.text)}\n" for value in values)
    return _in_a_file(folder, "train.yml", conda, "environments: {e: {image: a/b:1, conda_file: train.yml}}\n")


def in_a_request(folder: Path, values: Sequence[Value]) -> set[str]:
    request = json.dumps({"input_data": [{value.key: value.text} for value in values]})
    return _in_a_file(folder, "request.json", request, SCORING, {"model/x": "", "src/s.py": ""})


def _in_a_file(folder: Path, name: str, content: str, text: str, files: Mapping[str, str] = {}) -> set[str]:
    said = found(folder, f"{HEADER}workspaces: {{main: {{}}}}\n{text}", {name: content, **files})
    return {item.message for item in said if item.code.id == "MLI219"}


def given(folder: Path, values: Sequence[Value]) -> set[str]:
    name = values[0].key.lower()
    (folder / "ml-platform.yaml").write_text(f"{HEADER}variables:\n  {name}: {{type: string}}\n")
    said = compile_spec(folder / "ml-platform.yaml", folder, {name: values[0].text}).of_spec
    return {item.message for item in said if item.code.id == "MLI219"}


def test_the_table_holds_sixty_of_each_and_none_twice() -> None:
    for table in (SECRETS, HARMLESS):
        assert len(table) == len({value.what for value in table}) == len({value[1:3] for value in table}) == 60
        assert [value.what for value in table if not value.source.startswith("https://")] == []


def test_what_is_a_secret_in_the_spec_is_found(tmp_path: Path) -> None:
    assert len(in_the_spec(tmp_path, SECRETS)) >= LEAST_FOUND


def test_what_is_none_in_the_spec_is_not_accused(tmp_path: Path) -> None:
    assert len(in_the_spec(tmp_path, HARMLESS)) <= MOST_ACCUSED


@pytest.mark.parametrize("where", [in_a_conda_file, in_a_request, given])
def test_it_is_the_same_in_a_conda_file_in_a_request_and_of_a_variable_that_is_given(
    where: Callable[[Path, Sequence[Value]], set[str]], tmp_path: Path
) -> None:
    missed = {value.what for value in SECRETS if not where(tmp_path, [value])}
    accused = {value.what for value in HARMLESS if where(tmp_path, [value])}
    assert len(SECRETS) - len(missed) >= LEAST_FOUND, missed
    assert len(accused) <= MOST_ACCUSED, accused


MYSQL = "https://dev.mysql.com/doc/refman/8.4/en/connecting.html"  # -p and the password, with no space between
MANUAL = "https://linux.die.net/man/1/sshpass"
AZ_LOGIN = "https://learn.microsoft.com/cli/azure/reference-index#az-login"
DOCKER_LOGIN = "https://docs.docker.com/reference/cli/docker/login/"
REDIS = "https://redis.io/docs/latest/develop/tools/cli/"
FUNCTIONS = "https://learn.microsoft.com/azure/azure-functions/function-keys-how-to"
SENTRY = "https://docs.sentry.io/concepts/key-terms/dsn-explainer/"  # which says that it is safe to be public
KAGGLE = "https://www.kaggle.com/docs/api"  # 32 hexadecimal digits, which are a hash under another name
LANGUAGE = "https://learn.microsoft.com/azure/ai-services/language-service/key-phrase-extraction/quickstart"
CURL = "https://curl.se/docs/manpage.html"
CHANNELS = "https://www.anaconda.com/docs/anaconda-platform/public/getting-started/tokens"
AWS_SET = "https://docs.aws.amazon.com/cli/latest/reference/configure/set.html"
NETRC = "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html"
SQLCMD = "https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility"
TWINE = "https://twine.readthedocs.io/en/stable/"
GITHUB_API = "https://docs.github.com/rest/authentication/authenticating-to-the-rest-api"
DATADOG = "https://docs.datadoghq.com/account_management/api-app-keys/"
ENVIRON = "https://docs.python.org/3/library/os.html#os.environ"
CLONE = "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"
TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors"
NUGET = "https://learn.microsoft.com/nuget/reference/nuget-config-file"
PGPASS = "https://www.postgresql.org/docs/current/libpq-pgpass.html"
AI_GATEWAY = "https://vercel.com/docs/ai-gateway/authentication-and-byok/api-keys"
FIREWORKS = "https://docs.fireworks.ai/getting-started/quickstart"
RENDER = "https://render.com/docs/api"
DECIDED = (  # what the two tables do not have: a value, whether it is a secret, and who says so
    ("command", "mysql -h db -u root -p" + "hunter2 < schema.sql", True, MYSQL),
    ("command", "mysqldump --single-transaction -p'" + "Hunter 2' prod", True, MYSQL),
    ("command", "mysql -u root -p < schema.sql", False, MYSQL),
    ("command", "mysql -u root -p$MYSQL_PASSWORD prod", False, MYSQL),
    ("command", "mysql -u root --port=3306", False, MYSQL),
    ("command", "sshpass -p " + "hunter2 ssh host", True, MANUAL),
    ("command", "sshpass -e ssh host", False, MANUAL),
    ("command", "az login --service-principal -u 1 -p " + "Hunter.2~x --tenant contoso.com", True, AZ_LOGIN),
    ("command", "az login --service-principal -u 1 -p $SECRET --tenant contoso.com", False, AZ_LOGIN),
    ("command", "az login --identity && python train.py -p 8", False, AZ_LOGIN),
    ("command", "docker login r.azurecr.io -u ci -p " + "hunter2", True, DOCKER_LOGIN),
    ("command", "python train.py -phunter2", False, MYSQL),
    ("command", "redis-cli -h cache -a " + "hunter2 ping", True, REDIS),
    ("command", "redis-cli -h cache -a $REDIS_PASSWORD ping", False, REDIS),
    ("URL", "https://f.azurewebsites.net/api/score?code=" + made("functions", 54, URL_SAFE) + "==", True, FUNCTIONS),
    ("URL", "https://contoso.com/find?code=customers-of-the-last-month", False, FUNCTIONS),
    ("URL", "https://contoso.com/find?encode=" + made("no code", 54, URL_SAFE), False, FUNCTIONS),
    ("NOTE", "AGE-SECRET-KEY-1" + made("age", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"), True, GITLEAKS),
    ("NOTE", "age1" + made("age", 58, "qpzry9x8gf2tvdw0s3jn54khce6mua7l"), False, GITLEAKS),  # the public half
    ("NOTE", "dp.pt." + made("doppler", 43), True, GITLEAKS),
    ("NOTE", "dp.pt.plan", False, GITLEAKS),
    ("KAGGLE_KEY", made("kaggle", 32, HEX), True, KAGGLE),
    ("LANGUAGE_KEY", made("language", 32, HEX), True, LANGUAGE),
    ("LANGUAGE_KEY", "language_code", False, LANGUAGE),
    ("NOTE", "KGAT_" + made("kaggle", 32, HEX), True, KAGGLE),
    ("NOTE", "KGAT_amazon_book_embeddings_of_the_year_2024", False, KAGGLE),
    ("command", "curl --user 'svc:" + "Kx9!abcd' https://x.example", True, CURL),
    ("command", 'curl --user "$USER:$PASSWORD" https://x.example', False, CURL),
    ("command", "docker run --user 1000:1000 image", False, CURL),
    ("command", "curl -H 'Authorization: Token " + made("token", 40, HEX) + "' https://x.example", True, GITHUB_API),
    ("command", "curl -H 'Authorization: token $GITHUB_TOKEN' https://x.example", False, GITHUB_API),
    ("NOTE", "Authorization: see https://contoso.example/how-to-sign-in-2024", False, GITHUB_API),
    (
        "command",
        "conda config --add channels https://c.example/t/ab-" + made("anaconda", 36, HEX) + "/a",
        True,
        CHANNELS,
    ),
    ("command", "conda config --add channels https://c.example/t/$TOKEN/a", False, CHANNELS),
    ("NOTE", "https://c.example/t/my-tables-of-customers/2024", False, CHANNELS),
    ("command", "aws configure set aws_secret_access_key " + made("aws", 40, BASE64), True, AWS_SET),
    ("command", "aws configure set aws_secret_access_key $SECRET", False, AWS_SET),
    ("command", "echo 'machine x.example login user password " + "hunter2' > ~/.netrc", True, NETRC),
    ("command", "echo machine x.example login user password $TOKEN > ~/.netrc", False, NETRC),
    ("command", "sqlcmd -S s.example -U sa -P '" + "Passw0rd!x' -i a.sql", True, SQLCMD),
    ("command", 'sqlcmd -S s.example -U sa -P "$SA_PASSWORD" -i a.sql', False, SQLCMD),
    ("command", "scp -P 2222 model.pkl me@host1.example:/srv/models", False, SQLCMD),
    ("command", "twine upload -u me -p " + made("twine", 20) + " dist/*", True, TWINE),
    ("command", "twine upload dist/* && mkdir -p outputs", False, TWINE),
    ("DATADOG_APP_KEY", made("datadog", 40, HEX), True, DATADOG),
    ("APP_KEY", "customers_of_2024", False, DATADOG),
    ("command", "python -c \"import os; os.environ['API_KEY'] = '" + made("environ", 24) + "'\"", True, ENVIRON),
    ("command", "python -c \"import os; key = os.environ['API_KEY']\"", False, ENVIRON),
    ("NOTE", "https://" + made("clone", 52) + "@dev.azure.com/o/p/_git/r", True, CLONE),
    ("NOTE", "https://contoso-machine-learning-2024-platform@dev.azure.com/o/p/_git/r", False, CLONE),
    ("BASIC_AUTH", "app:" + "Tr4in-m3", True, CURL),
    ("DB_CREDENTIALS", "app:" + "Tr4in-m3", True, CURL),
    ("DB_CREDENTIALS", "/mnt/secrets/db.json", False, CURL),
    *(
        ("DB_PASSWORD", text, False, "https://www.gnu.org/software/sed/manual/sed.html")  # what is to be replaced
        for text in ("REPLACE_ME", "TODO", "********", "xxxxxxxx", "%DB_PASSWORD%", "enter-your-password-here")
    ),
    ("DB_PASSWORD", "enter" + "prise", True, GITLEAKS),
    ("CACHE_KEY", made("kaggle", 32, HEX), False, KAGGLE),
    ("NOTE", "dnkey-" + made("defined", 26, LOWER) + "-" + made("networking", 52, LOWER), True, GITLEAKS),
    ("NOTE", "pat-eu1-" + GUID, True, TRUFFLEHOG),
    ("NOTE", "pat-eu1-west-europe-datasets-of-2024", False, TRUFFLEHOG),
    ("NOTE", "sk." + "eyJ" + made("mapbox", 80) + "." + made("mapbox end", 22), True, TRUFFLEHOG),
    ("NOTE", "pk." + "eyJ1Ijoi" + made("mapbox public", 60) + "." + made("mapbox end", 22), False, TRUFFLEHOG),
    ("NOTE", "tfp_" + made("typeform", 59, URL_SAFE), True, GITLEAKS),
    ("NOTE", "AQVN" + made("yandex", 38, URL_SAFE), True, GITLEAKS),
    ("NOTE", "CFPAT-" + made("contentful", 43, URL_SAFE), True, TRUFFLEHOG),
    ("NOTE", "phx_" + made("posthog", 43), True, TRUFFLEHOG),
    ("NOTE", "phx_" + "features_of_customers_who_left_in_the_year", False, TRUFFLEHOG),
    ("NOTE", "fw_" + made("fireworks", 24), True, FIREWORKS),
    ("NOTE", "fw_bw_passes_per_step2024", False, FIREWORKS),
    ("NOTE", "rnd_" + made("render", 28), True, RENDER),
    ("NOTE", "rnd_" + "seed2024forTheTrainingOfModel_v3", False, RENDER),
    ("NOTE", "vck_" + made("vercel", 56), True, AI_GATEWAY),
    ("NOTE", '<add key="ClearTextPassword" value="' + "Tr4in-m3" + '" />', True, NUGET),
    ("NOTE", '<add key="ClearTextPassword" value="%FEED_TOKEN%" />', False, NUGET),
    ("NOTE", '{"username": "me", "key": "' + made("kaggle", 32, HEX) + '"}', True, KAGGLE),
    ("NOTE", '{"username": "me", "key": "customer_id"}', False, KAGGLE),
    ("command", "echo db.example.com:5432:features:app:" + "Tr4in-m3 > ~/.pgpass", True, PGPASS),
    ("NOTE", "db.example.com:5432:features", False, PGPASS),
    ("SMTP_PASS", "corn" + "flower", True, GITLEAKS),
    ("FIRST_PASS", "cornflower", False, GITLEAKS),
    ("HMAC_KEY", made("hmac", 32, HEX), True, GITLEAKS),
    ("SENTRY_DSN", "https://" + "0123456789abcdef" * 2 + "@o123456.ingest.us.sentry.io/4501", False, SENTRY),
    ("SENTRY_DSN", "https://" + "0123456789abcdef" * 2 + ":" + "fedcba98" * 4 + "@sentry.io/4501", True, SENTRY),
)


@pytest.mark.parametrize(("key", "text", "is_secret", "source"), DECIDED)
def test_what_was_decided_by_its_source(key: str, text: str, is_secret: bool, source: str, tmp_path: Path) -> None:
    assert in_the_spec(tmp_path, [Value("it", key, text, source)]) == ({"it"} if is_secret else set())


@pytest.mark.parametrize("value", SECRETS, ids=lambda value: value.what)
def test_a_secret_is_not_shown_in_what_is_printed(value: Value) -> None:
    if value.key in ("NOTE", "command"):  # what only its key tells is starred by its place
        assert masked(value.text) != value.text
