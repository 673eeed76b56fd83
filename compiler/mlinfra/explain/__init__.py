"""What `explain` knows: of a code, of an address, of a line of generated output; as data, and as text made of it."""
