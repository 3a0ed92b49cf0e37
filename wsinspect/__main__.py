"""``python -m wsinspect`` is the same as ``wsinspect``."""

import sys

from wsinspect.cli.main import main

sys.exit(main())
