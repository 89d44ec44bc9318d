"""Names under which the server's side and the application's hand things to each other."""

# environment variables, for worker processes
FOLDER = "FEEDWRIGHT_FOLDER"  # not FEEDS_…: those are settings
NUMBERS = "FEEDWRIGHT_NUMBERS"  # a folder in which the processes share their numbers; empty where there is none
FLAGS = "FEEDWRIGHT_FLAGS"  # a JSON object, as `load_settings` takes it

# in the state that the application leaves for each connection (ASGI lifespan)
COUNT_REFUSAL = "count_refusal"  # counts what the server answered by itself; takes the status and the body's bytes
ON_DRAIN = "on_drain"  # is to be called when the server is told to end; may be called several times
# answers a request from what is remembered, before it becomes a task; takes the scope, returns head and body, or None
AT_ONCE = "at_once"
