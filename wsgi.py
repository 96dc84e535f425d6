"""What a production server loads: ``wsgi:app``."""

import gc

from portal.app import create_app

app = create_app()
# What is loaded now stays for good: collections pass over it, and workers forked from here go on sharing its pages.
gc.collect()
gc.freeze()
