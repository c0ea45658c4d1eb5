"""Files that hold tables: workbooks, zip archives, gzip. Each is unpacked in a process of its own, under limits."""
