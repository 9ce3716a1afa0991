#!/bin/sh
# Print the path of a Python that can make the environment, or say in one sentence what to install.
# $1: a Python that the user asks for; without it, the first suitable one on the path.

problem="Install Python 3.11, 3.12 or 3.13 (https://www.python.org/downloads): none was found."

for candidate in ${1:-python3 python3.13 python3.12 python3.11}; do
    # Running it is the test: a name on the path may be a mere shim.
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || {
        [ -z "$1" ] || problem="There is no Python that runs as $1; the course needs Python 3.11, 3.12 or 3.13."
        continue
    }
    case $version in
    3.11 | 3.12 | 3.13) ;;
    *)
        problem="Install Python 3.11, 3.12 or 3.13 (https://www.python.org/downloads): $candidate is Python $version."
        continue
        ;;
    esac
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
    problem="Install venv for Python $version (Debian, Ubuntu: sudo apt install python$version-venv): $candidate lacks it."
done

echo "$problem" >&2
exit 1
