import sys

from feeds.settings.document import settings_document

sys.stdout.write(settings_document())
