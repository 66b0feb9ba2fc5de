"""Import ``ciama_connector.canonical`` and ``.platforms`` without Odoo.

The addon's own ``__init__`` imports Odoo models; here it stands as a bare package.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "ciama_connector" not in sys.modules:
    package = types.ModuleType("ciama_connector")
    package.__path__ = [str(ROOT / "ciama_connector")]
    sys.modules["ciama_connector"] = package
