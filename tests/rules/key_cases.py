"""Cases of the rules about keys, and the key of the platform's own."""

from __future__ import annotations

from tests.rules.case import Case

_KEYED = "storage_accounts: {lake: {customer_managed_key: {key_vault: keys, key: data}}}\n"


def _keys(*keys: str) -> str:
    return "key_vaults:\n  keys:\n    sku: premium\n    keys:\n" + "".join(
        f"      k{place}: {{{key}}}\n" for place, key in enumerate(keys)
    )


def _platform(key: str, rest: str = "") -> str:
    return f"security: {{customer_managed_key: {{{key}}}}}\nkey_vaults: {{keys: {{keys: {{data: {{}}}}}}}}\n{rest}"


KEY_CASES = (
    Case(
        "MLI396",
        _keys(
            "type: EC, curve: P-384",
            "expires: '2028-01-31', expires_after: P1Y, rotate_before_expiry: P30D, notify_before_expiry: P1M",
            "rotate_after: P10M",
            "expires: '2025-01-31', rotate_after: P10M",
        ),
        _keys(
            "type: EC, size: 4096",
            "curve: P-256",
            "rotate_after: P10M, expires: '2028-01-31', rotate_before_expiry: P30D",
            "rotate_before_expiry: P30D, expires_after: P1Y",
            "notify_before_expiry: P30D, expires: '2028-01-31'",
            "expires_after: P27D, rotate_after: P6D",
            "expires_after: P90D, rotate_after: P84D",
            "expires: '2028-01-31', rotate_before_expiry: P30D",
            "expires: '2026-11-25'",
        ),
        (
            "5:22 size of key_vaults.keys.keys.k0 is of RSA, and this one is EC | write curve: P-256",
            "6:12 curve of key_vaults.keys.keys.k1 is of EC, and this one is RSA | write size: 3072",
            "7:55 rotate_before_expiry of key_vaults.keys.keys.k2 stands beside rotate_after | write one of the two",
            (
                "8:12 rotate_before_expiry of key_vaults.keys.keys.k3 needs expires: the first version never"
                " ends | write rotate_after, or expires"
            ),
            "9:12 notify_before_expiry of key_vaults.keys.keys.k4 needs versions that end | write expires_after",
            (
                "10:12 expires_after of key_vaults.keys.keys.k5 is less than the 28 days that a version lasts |"
                " write P28D or more"
            ),
            (
                "10:33 rotate_after of key_vaults.keys.keys.k5 lies less than 7 days from an end of the version"
                " | write a duration from P7D to 7 days before the end"
            ),
            (
                "11:33 rotate_after of key_vaults.keys.keys.k6 lies less than 7 days from an end of the version"
                " | write a duration from P7D to 7 days before the end"
            ),
            (
                "12:35 rotate_before_expiry of key_vaults.keys.keys.k7 needs expires_after: the versions that follow"
                " never end | write rotate_after, or expires_after"
            ),
            (
                "13:12 expires of key_vaults.keys.keys.k8 is past (2026-11-25): nothing can be encrypted with it"
                " | write a day to come"
            ),
        ),
    ),
    Case(
        "MLI397",
        _platform("key_vault: keys, key: data, except: [key_vaults.keys]"),
        _platform("key_vault: kyes, key: data, identity: reader, except: [storage_accounts.lake]"),
        (
            '1:46 key_vaults "kyes" is not defined | did you mean "keys"? Defined: keys',
            '1:73 identities "reader" is not defined',
            (
                '1:90 "storage_accounts.lake" is not the address of an entry | Defined: key_vaults.keys,'
                " key_vaults.keys.keys.data"
            ),
        ),
    ),
    Case(
        "MLI397",
        _platform("key_vault: keys, key: data"),
        _platform("key_vault: keys, key: dat"),
        ('1:57 key_vaults.keys has no key "dat" | did you mean "data"? Defined: data',),
    ),
    Case(
        "MLI397",
        "key_vaults: {keys: {keys: {data: {}}}}\n" + _KEYED,
        "key_vaults: {keys: {keys: {data: {operations: [sign, verify]}}}}\n" + _KEYED,
        (
            (
                "1:28 key_vaults.keys.keys.data, with which storage_accounts.lake is to be encrypted, wraps no"
                " keys | write type: RSA or RSA-HSM, with wrap_key and unwrap_key where operations are written"
            ),
        ),
    ),
    Case(
        "MLI398",
        _platform("key_vault: keys, key: data", "workspaces: {main: {}}\n"),
        _platform("key_vault: keys, key: data", "workspaces: {main: {key_vault: keys}}\n"),
        (
            (
                "3:32 key_vaults.keys holds the key of the platform, and workspaces.main keeps its secrets there"
                " | leave key_vault of the workspace out, or name another entry in security"
            ),
        ),
    ),
    Case(
        "MLI399",
        "storage_accounts: {a: {immutability: {days: 7}, queues: {work: {}}, cors: {table: []}, "
        "network_acls: {bypass: [logging, metrics]}}}\n",
        "key_vaults: {keys: {keys: {data: {}}}}\nstorage_accounts:\n"
        "  a: {immutability: {days: 7}, versioning: false, network_acls: {bypass: [none, logging]}}\n"
        "  b: {kind: FileStorage, sku: Premium_LRS, queues: {work: {}}, tables: {runs: {}}, cors: {blob: []}}\n"
        "  c: {queue_and_table_key: service, customer_managed_key: {key_vault: keys, key: data}}\n"
        "  d: {kind: BlockBlobStorage, sku: Premium_LRS, access_tier: cool}\n",
        (
            (
                "3:7 immutability of storage_accounts.a holds versions, and the account keeps none | write"
                " versioning: true"
            ),
            (
                "3:66 network_acls.bypass of storage_accounts.a lets nobody past the rules, and somebody | write"
                " none alone, or leave it out"
            ),
            (
                "4:44 queues of storage_accounts.b need an account with queues, which FileStorage lacks | write"
                " kind: StorageV2"
            ),
            (
                "4:64 tables of storage_accounts.b need an account with tables, which FileStorage lacks | write"
                " kind: StorageV2"
            ),
            "4:91 cors.blob of storage_accounts.b is of a service that FileStorage lacks",
            (
                "5:7 queue_and_table_key of storage_accounts.c leaves queues and tables out of its"
                " customer-managed key | write account"
            ),
            (
                "6:49 access_tier of storage_accounts.d is chosen in StorageV2 alone: BlockBlobStorage has one of its"
                " own | leave it out"
            ),
        ),
    ),
    Case(
        "MLI418",
        "storage_accounts: {a: {lifecycle: {runs: {versions: {cool_after_days: 1, delete_after_days: 30}}}}}\n",
        "storage_accounts: {a: {lifecycle: {runs: {versions: {cool_after_days: 30, delete_after_days: 30}, "
        "snapshots: {archive_after_days: 1}}}, sku: Standard_ZRS}}\n",
        (
            (
                '1:36 versions.delete_after_days of lifecycle rule "runs" must be more than its'
                " versions.cool_after_days, 30, not 30"
            ),
            '1:36 lifecycle rule "runs" archives, and a Standard_ZRS account has no archive',
        ),
    ),
    Case(
        "MLI400",
        "network: {inbound: public}\n",
        "network: {inbound: public, monitor: private}\n",
        ("1:37 monitor is private, and inbound is not | write inbound: private, or leave monitor out",),
    ),
    Case(
        "MLI338",
        "monitor_private_link_scopes: {main: {query: open}}\n",
        "monitor_private_link_scopes: {main: {ingestion: private_only, query: PrivateOnly}}\n",
        (
            (
                "1:49 ingestion of monitor_private_link_scopes.main is private_only, for every network that"
                " shares its zones | write open, or say that nobody shares them"
            ),
            (
                "1:70 query of monitor_private_link_scopes.main is private_only, for every network that shares"
                " its zones | write open, or say that nobody shares them"
            ),
        ),
    ),
)
