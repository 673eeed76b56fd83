"""What is true of every language whose bodies are judged by a JSON Schema."""
