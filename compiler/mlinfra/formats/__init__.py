"""What the output is written in: Bicep, YAML, text from templates, Mermaid and DOT; nothing here knows a spec."""
