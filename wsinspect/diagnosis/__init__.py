"""Why a connection closed, as far as its recording can tell: evidence, rules, findings.

Pure: what is recorded comes in as ``Evidence``, what is concluded goes out as ``model.Finding``. Rules:

- A rule looks at evidence and at nothing else, and says one thing or nothing.
- Nothing that wsinspect did itself is taken for a peer's doing.
- What nobody checked (``verified = false`` in the data) is never more than possible.
- Peer text goes into sentences only through ``text``.
"""

from wsinspect.diagnosis.drawing import path_lines
from wsinspect.diagnosis.evidence import Evidence, gather
from wsinspect.diagnosis.findings import findings
from wsinspect.diagnosis.path import Path, path_of
from wsinspect.diagnosis.weighing import Fact, Weighed, for_and_against

__all__ = ["Evidence", "Fact", "Path", "Weighed", "findings", "for_and_against", "gather", "path_lines", "path_of"]
