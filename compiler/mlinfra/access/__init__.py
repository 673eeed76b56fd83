"""access: who can reach which data of a target, by roles and what follows from them, and from where by network."""
