"""Sixty values that are secrets, as people write them, each with the source of its format; others are beside them.

No secret stands here: each is joined from its parts when the tests are loaded, so that no scanner takes this file for a
leak. What is random in one follows from its name, so that it is the same in every run.
"""

from __future__ import annotations

import base64
import hashlib
import string
from itertools import count
from typing import NamedTuple

DIGITS = string.digits
HEX = DIGITS + "abcdef"
LOWER = DIGITS + string.ascii_lowercase
UPPER = DIGITS + string.ascii_uppercase
ALNUM = LOWER + string.ascii_uppercase
BASE64 = f"{ALNUM}+/"
URL_SAFE = f"{ALNUM}-_"
BASE32 = "234567" + string.ascii_lowercase

GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml"
MICROSOFT = (
    "https://github.com/microsoft/security-utilities/blob/main/GeneratedRegexPatterns/"
    "PreciselyClassifiedSecurityKeys.json"
)
GITHUB = "https://docs.github.com/code-security/reference/secret-security/supported-secret-scanning-patterns"
LEARN = "https://learn.microsoft.com/azure"
PIP = "https://pip.pypa.io/en/stable"


class Value(NamedTuple):
    what: str
    key: str  # under which it stands
    text: str
    source: str  # of its format


def made(name: str, characters: int, alphabet: str = ALNUM) -> str:
    """As many characters of an alphabet as follow from a name."""
    digests = (hashlib.sha256(f"{name} {number}".encode()).digest() for number in count())
    drawn = (alphabet[byte % len(alphabet)] for digest in digests for byte in digest)
    return "".join(next(drawn) for _ in range(characters))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def pem(kind: str) -> str:
    lines = "\n".join(made(f"{kind} {line}", 64, BASE64) for line in range(3))
    return "\n".join(("-----BEGIN " + kind + "-----", lines, "-----END " + kind + "-----"))


GUID = "0f6e4a52-7f3c-4d0b-9a1e-5c2b8d7e6f10"
_CLIENT = f"{ALNUM}_~.-"
PLAIN = "NOTE"  # a key that says nothing

SECRETS = (
    # Azure
    Value(
        "key of a storage account",
        PLAIN,
        made("storage", 76, BASE64) + "+ASt" + made("storage end", 5, BASE64) + "A==",
        MICROSOFT,
    ),
    Value(
        "connection string of a storage account",
        "AZURE_STORAGE_CONNECTION_STRING",
        "DefaultEndpointsProtocol=https;AccountName=lake;AccountKey=" + made("old key", 86, BASE64) + "==",
        f"{LEARN}/storage/common/storage-configure-connection-string",
    ),
    Value(
        "shared access signature",
        PLAIN,
        f"https://lake.blob.core.windows.net/raw?sv=2024-11-04&sp=rl&sig={made('sas', 43)}%3D",
        f"{LEARN}/storage/common/storage-sas-overview",
    ),
    Value(
        "connection string of Service Bus",
        PLAIN,
        "Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey="
        + made("bus", 43, BASE64)
        + "=",
        f"{LEARN}/service-bus-messaging/service-bus-sas",
    ),
    Value(
        "connection string of App Configuration",
        PLAIN,
        "Endpoint=https://settings.azconfig.io;Id=abcd;Secret=" + made("appconfig", 84),
        f"{LEARN}/azure-app-configuration/concept-config-file",
    ),
    Value(
        "connection string of a database",
        PLAIN,
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:sql.database.windows.net;Uid=app;Pwd=" + "Tr4in-m3;",
        "https://learn.microsoft.com/sql/connect/odbc/dsn-connection-string-attribute",
    ),
    Value(
        "connection string of Redis",
        PLAIN,
        "cache.redis.cache.windows.net:6380,password=" + made("redis", 33) + "AzCaA" + made("end", 5) + "=,ssl=True",
        MICROSOFT,
    ),
    Value("client secret of an app", PLAIN, made("app", 3) + "8Q~" + made("app secret", 34, _CLIENT), MICROSOFT),
    Value("token of Azure DevOps", PLAIN, made("devops", 76) + "AZDO" + made("devops end", 4), MICROSOFT),
    Value("older token of Azure DevOps", PLAIN, made("older devops", 52, BASE32), MICROSOFT),
    Value("token of Azure Databricks", PLAIN, "da" + "pi" + made("databricks", 32, HEX) + "-3", MICROSOFT),
    Value("key of Azure OpenAI", PLAIN, made("aoai", 52) + "JQQJ99BAAC" + made("aoai end", 22), MICROSOFT),
    Value("older key of Azure OpenAI", "AZURE_OPENAI_API_KEY", made("older aoai", 32, HEX), GITLEAKS),
    Value("admin key of Azure AI Search", PLAIN, made("search", 42) + "AzSeA" + made("search end", 5), MICROSOFT),
    Value("password of a registry of images", PLAIN, made("acr", 42) + "+ACRA" + made("acr end", 5), MICROSOFT),
    Value(
        "key of a function in an address",
        PLAIN,
        "https://f.azurewebsites.net/api/score?code="
        + made("function", 44, URL_SAFE)
        + "AzFu"
        + made("function end", 5)
        + "A==",
        MICROSOFT,
    ),
    Value("key of Event Hubs", PLAIN, made("hub", 33, BASE64) + "+AEhC" + made("hub end", 5, BASE64) + "=", MICROSOFT),
    Value(
        "primary key of Cosmos DB",
        "COSMOS_PRIMARY_KEY",
        made("cosmos", 76, BASE64) + "ACDb" + made("cosmos end", 5, BASE64) + "g==",
        MICROSOFT,
    ),
    # Models and experiments
    Value(
        "key of OpenAI for a project",
        PLAIN,
        "sk-" + "proj-" + made("openai", 74, URL_SAFE) + "T3BlbkFJ" + made("openai end", 74, URL_SAFE),
        GITLEAKS,
    ),
    Value(
        "key of OpenAI for a service account",
        PLAIN,
        "sk-" + "svcacct-" + made("openai s", 58, URL_SAFE) + "T3BlbkFJ" + made("openai s end", 58, URL_SAFE),
        GITLEAKS,
    ),
    Value("key of Anthropic", PLAIN, "sk-" + "ant-api03-" + made("anthropic", 93, URL_SAFE) + "AA", GITLEAKS),
    Value("token of Hugging Face", PLAIN, "hf" + "_" + made("hf", 34, string.ascii_letters), GITLEAKS),
    Value(
        "key of Weights & Biases",
        "WANDB_API_KEY",
        made("wandb", 40, HEX),
        "https://docs.wandb.ai/support/models/articles/why-does-my-api-key-fail-with-must-be-40-characters",
    ),
    Value("key of Groq", PLAIN, "gsk" + "_" + made("groq", 48), "https://console.groq.com/docs/openai"),
    Value("key of Perplexity", PLAIN, "pplx" + "-" + made("perplexity", 48), GITLEAKS),
    Value(
        "token of Replicate",
        PLAIN,
        "r8" + "_" + made("replicate", 37),
        "https://replicate.com/docs/topics/security/api-tokens",
    ),
    Value(
        "key of LangSmith",
        PLAIN,
        "lsv2_" + "pt_" + made("langsmith", 32, HEX) + "_" + made("ls end", 10, HEX),
        "https://github.com/gitleaks/gitleaks/blob/master/cmd/generate/config/rules/langsmith.go",
    ),
    Value("key of NVIDIA", PLAIN, "nvapi" + "-" + made("nvidia", 64, URL_SAFE), GITHUB),
    Value("key of Google", PLAIN, "AI" + "za" + made("google", 35, URL_SAFE), GITLEAKS),
    # Clouds
    Value(
        "secret key of AWS",
        "AWS_SECRET_ACCESS_KEY",
        made("aws", 40, BASE64),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    Value("temporary key of AWS", PLAIN, "AS" + "IA" + made("asia", 16, "234567" + string.ascii_uppercase), GITLEAKS),
    Value(
        "session token of AWS",
        "AWS_SESSION_TOKEN",
        "IQoJb3JpZ2luX2VjE" + made("session", 300, BASE64) + "==",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html",
    ),
    Value("client secret of Google", PLAIN, "GOC" + "SPX-" + made("gocspx", 28, URL_SAFE), GITHUB),
    Value(
        "access token of Google",
        PLAIN,
        "ya" + "29.a0" + made("ya29", 120, URL_SAFE),
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    Value("token of DigitalOcean", PLAIN, "dop_" + "v1_" + made("digitalocean", 64, HEX), GITLEAKS),
    # Code and packages
    Value("token of GitHub", PLAIN, "gh" + "p_" + made("github", 36), GITLEAKS),
    Value(
        "fine-grained token of GitHub",
        PLAIN,
        "github_" + "pat_" + made("fine", 22) + "_" + made("grained", 59),
        GITLEAKS,
    ),
    Value("token of GitLab", PLAIN, "gl" + "pat-" + made("gitlab", 20), GITLEAKS),
    Value("token of npm", PLAIN, "np" + "m_" + made("npm", 36), GITLEAKS),
    Value("token of a Python index", PLAIN, "py" + "pi-AgEIcHlwaS5vcmc" + made("upload", 150, URL_SAFE), GITLEAKS),
    Value("token of Docker Hub", PLAIN, "dckr_" + "pat_" + made("docker", 27, URL_SAFE), GITHUB),
    Value("token of Terraform", PLAIN, made("terraform", 14) + ".atlas" + "v1." + made("tf end", 67), GITLEAKS),
    Value("token of Vault", PLAIN, "hv" + "s." + made("vault", 95, URL_SAFE), GITLEAKS),
    # Services
    Value(
        "token of Slack",
        PLAIN,
        "xo" + "xb-" + made("s1", 12, DIGITS) + "-" + made("s2", 12, DIGITS) + "-" + made("slack", 24),
        GITLEAKS,
    ),
    Value(
        "webhook of Slack",
        PLAIN,
        "https://hooks.slack.com/"
        "services/T" + made("t", 10, UPPER) + "/B" + made("b", 10, UPPER) + "/" + made("hook", 24),
        GITLEAKS,
    ),
    Value("key of Stripe", PLAIN, "sk_" + "live_" + made("stripe", 99), GITLEAKS),
    Value(
        "key of SendGrid",
        PLAIN,
        "SG" + "." + made("sendgrid", 22, URL_SAFE) + "." + made("sg end", 43, URL_SAFE),
        GITLEAKS,
    ),
    Value("key of Twilio", PLAIN, "S" + "K" + made("twilio", 32, HEX), GITLEAKS),
    Value("token of Twilio", "TWILIO_AUTH_TOKEN", made("twilio token", 32, HEX), GITHUB),
    # Whatever the service
    Value("password of a database", "DB_PASSWORD", "corn" + "flower", GITLEAKS),
    Value("private key", PLAIN, pem("PRIVATE " + "KEY"), "https://www.rfc-editor.org/rfc/rfc7468#section-10"),
    Value(
        "private key in base64",
        PLAIN,
        encoded(pem("RSA PRIVATE " + "KEY")),
        "https://www.rfc-editor.org/rfc/rfc7468#section-4",
    ),
    Value(
        "JSON web token",
        PLAIN,
        ".".join(
            (encoded('{"alg":"RS256"}').rstrip("="), encoded('{"sub":"1234"}').rstrip("="), made("jwt", 43, URL_SAFE))
        ),
        "https://www.rfc-editor.org/rfc/rfc7519",
    ),
    Value(
        "bearer token of a command",
        "command",
        "curl -H 'Authorization: Bearer " + made("bearer", 40) + "' https://x.example",
        "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
    ),
    Value(
        "basic authentication of a command",
        "command",
        "curl -H 'Authorization: Basic " + encoded("trainer:" + "Tr4in-m3") + "' https://x.example",
        "https://www.rfc-editor.org/rfc/rfc7617#section-2",
    ),
    Value(
        "password as an option",
        "command",
        "python train.py --user app --password " + "Tr4in-m3" + " --epochs 3",
        "https://docs.python.org/3/library/argparse.html",
    ),
    Value(
        "exported token",
        "command",
        "export TOKEN=" + made("exported", 24) + " && python train.py",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
    ),
    Value(
        "variable before a command",
        "command",
        "MLFLOW_TRACKING_PASSWORD=" + "Tr4in-m3 python train.py",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
    ),
    Value(
        "address of a database",
        PLAIN,
        "postgresql://app:" + "Tr4in-m3@db.example.com:5432/features",
        "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
    ),
    Value(
        "address of an index",
        "command",
        "pip install --index-url https://build:" + made("feed", 20) + "@packages.contoso.example/simple/ scorer",
        f"{PIP}/topics/authentication/",
    ),
)
