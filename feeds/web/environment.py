"""How worker processes learn what to serve: names of environment variables."""

FOLDER = "FEEDWRIGHT_FOLDER"  # not FEEDS_…: those are settings
FLAGS = "FEEDWRIGHT_FLAGS"  # a JSON object, as `load_settings` takes it
