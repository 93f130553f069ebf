import subprocess
import sys


def test_sources_and_privacy_never_import_the_web():
    code = "import sys, dashboard.sources.local, dashboard.privacy; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'flask" not in loaded
    assert "dashboard.web" not in loaded
