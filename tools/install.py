"""Install packages with pip, as one line of progress instead of hundreds.

    python tools/install.py -r requirements.txt

Arguments are those of ``pip install``. It needs nothing but Python, because it runs first.
"""

import subprocess
import sys

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
STEPS = ("Collecting ", "Downloading ", "Building ", "Installing ")


def main(arguments):
    """Run pip; return its exit code."""
    command = [*PIP, "--progress-bar", "off", *arguments]
    on_terminal = sys.stdout.isatty()
    count = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            text = line.strip()
            if not text.startswith(STEPS):
                continue
            count += text.startswith("Collecting ")
            if on_terminal:
                # Back to the line's beginning, and clear it.
                print(f"\r\x1b[K[{count}] {text[:70]}", end="", flush=True)
            elif text.startswith("Installing ") and count:
                print(f"Installing {count} packages", flush=True)
    if on_terminal:
        print("\r\x1b[K", end="")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
