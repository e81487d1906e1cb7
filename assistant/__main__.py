"""`python -m assistant` is `resolutions`."""

import sys

from assistant.cli import main

sys.exit(main())
