import subprocess
import sys


def test_perf(postgres_url):
    subprocess.run([sys.executable, "/tmp/wh/perf.py", postgres_url], check=True)
