"""likeness: reproducible studies of photographs of people."""

import sys

# jsonschema, which nbformat imports, can check internationalised addresses, for which it builds a grammar on import:
# a second or more at each start, for what no notebook holds. It does without what cannot be imported.
sys.modules.setdefault("rfc3987_syntax", None)
