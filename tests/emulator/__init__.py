"""An emulated Azure on loopback: a proxy that ends TLS, and hosts behind it that answer out of one state.

The real `az` is sent here by HTTPS_PROXY and trusts the emulator's own authority; nothing else of it is configured. A
service is a `Host`; `Emulator` has the proxy, the state, the faults to order and the log.
"""
