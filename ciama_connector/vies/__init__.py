"""VIES, the European Commission's register of VAT numbers. Plain Python, no Odoo."""

from .answers import FAULT_TEXTS, Answer, Fault, Outcome
from .client import DEFAULT_URL, ViesClient
