"""What a production server loads: ``wsgi:app``."""

from portal.app import create_app

app = create_app()
