"""The steps of ``scripts/demo.py``."""
