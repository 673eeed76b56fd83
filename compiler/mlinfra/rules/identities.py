"""Rules of identities and of who else may act as one of them."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.identities import Identity
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import key_span

MAX_FEDERATED_CREDENTIALS = 20  # an identity; Entra, workload identity federation considerations

TOO_MANY = Code(
    "MLI451",
    "error",
    "Too many federated credentials",
    f"Entra takes at most {MAX_FEDERATED_CREDENTIALS} of them for an identity",
    "Make another identity",
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
)
SAME_TOKEN = Code(
    "MLI452",
    "error",
    "Two federated credentials for the same token",
    "Issuer and subject together are unique in an identity; Entra refuses the second one",
    "Delete one of the two",
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
)


def _not_too_many_credentials(graph: Graph) -> Iterator[Diagnostic]:
    for entry, identity in owned(graph, "identities", Identity):
        count = len(identity.federated_credentials)
        if count > MAX_FEDERATED_CREDENTIALS:
            message = f"{entry.address} has {count} federated credentials, and Entra takes {MAX_FEDERATED_CREDENTIALS}"
            yield finding(TOO_MANY, message, at(entry, ("federated_credentials",), on_key=True))


def _one_credential_a_token(graph: Graph) -> Iterator[Diagnostic]:
    for entry, identity in owned(graph, "identities", Identity):
        first: dict[tuple[str, str], str] = {}
        for name, credential in identity.federated_credentials.items():
            other = first.setdefault((credential.issuer, credential.subject), name)
            if other != name:
                there = key_span(entry.tree, ("federated_credentials", other))
                message = f'federated credential "{name}" takes the same token as "{other}"'
                path = ("federated_credentials", name)
                yield finding(
                    SAME_TOKEN, message, at(entry, path, on_key=True), related=(Related("the first one", there),)
                )


RULES = (over_graph(TOO_MANY, _not_too_many_credentials), over_graph(SAME_TOKEN, _one_credential_a_token))
