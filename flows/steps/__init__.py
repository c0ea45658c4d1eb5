"""The steps of a night, one a module: each reads the stages before it from the lake and writes its own."""
