"""Stands for the code of the bank: the compiler reads its bytes, nothing here runs it."""
