"""As in the real one: who starts it on loopback says so here."""

DEFAULT_HOST = "0.0.0.0"
