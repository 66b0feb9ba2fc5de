"""A simulated VIES: the register of VAT numbers, and its service with fixed answers."""

from .simulator import ViesSimulator

__all__ = ["ViesSimulator"]
