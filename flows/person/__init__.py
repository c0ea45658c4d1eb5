"""Everything held on a person, for the person: gathered from warehouse, lake and records, written as one page."""
