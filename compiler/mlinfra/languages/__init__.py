"""The languages whose bodies a spec holds: each says what its sections are and how their bodies are judged."""
