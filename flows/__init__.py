"""Where and when: the only place that knows Prefect, SQLAlchemy, the clock, the environment, and what lies where."""
