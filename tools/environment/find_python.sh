#!/bin/sh
# Print the path of a Python that can make the environment, or say in one sentence what to install.
# $1: a Python that the user asks for; without it, the first suitable one on the path.

# The Pythons that the course supports, in order: those that TensorFlow has wheels for. This line
# alone decides.
SUPPORTED="3.11 3.12 3.13"

names=
list=
for version in $SUPPORTED; do
    names="python$version $names"
    list="$list, $version"
done
list=${list#, }
newest=${list##*, }
choice="Python ${list%, *} or $newest"
install="Install $choice (https://www.python.org/downloads)"
problem="$install: none was found."

asked=$1
[ -n "$asked" ] || set -- python3 $names
for candidate in "$@"; do
    # Running it is the test: a name on the path may be a mere shim.
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || {
        [ -z "$asked" ] || problem="There is no Python that runs as $asked; the course needs $choice."
        continue
    }
    case " $SUPPORTED " in
    *" $version "*) ;;
    *)
        problem="$install: $candidate is Python $version"
        if [ "${version#3.}" -gt "${newest#3.}" ] 2>/dev/null; then
            problem="$problem, which is newer than what TensorFlow supports"
        fi
        problem="$problem."
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
