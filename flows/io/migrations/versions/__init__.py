"""One file a step of the schema, in order; written by `python -m flows.io.migrations.new` and then left alone."""
