# Two commands matter: `make book` and `make test`. Each makes what it lacks.
# Written for GNU make 3.81, which macOS has.

# What you may set: make book PYTHON=python3.12
PYTHON =
VENV = .venv
# What pip installs: the exact versions by default.
INSTALL = -r requirements.txt
PORT = 8000
# make lab LAB_OPTIONS=--no-browser
LAB_OPTIONS =
# make bundle WHEELS=1 puts all packages in, for this platform.
WHEELS =
# Which notebooks test-colab runs, such as 05_pca 06_dense; all by default.
CHAPTERS =
# What make paper runs: make paper NAME=digits SEED=1 PRESET=modern DATA_HOME=folder.
NAME = all
SEED = 0
PRESET = paper
DATA_HOME =
# The folder of a class, and what make grade marks: make grade ASSIGNMENT=05_pca STUDENT=name ALL=1 SANDBOX=no
CLASS = classroom
ASSIGNMENT =
STUDENT =
ALL =
SANDBOX =
STEPS = lint unit unit-slow paper-runs notebooks-check nbval site site-check package
# make test SKIP="lint paper-runs" leaves some out.
SKIP =
# What takes too long for every change, or needs more than everybody has.
HEAVY = test-solutions test-site test-classroom test-bundle test-colab
# make test-all FRESH=1 runs all steps again; else those that passed on the same files are left out.
FRESH =
# How many files of tests, or notebooks, run at once.
JOBS = 2

# Make cannot name a file with a space, and the shell reads some other characters as its own. So such a folder
# is refused here, before anything happens. Letters of every language are fine.
HASH := \#
REFUSED := : % $(HASH) ; * ? [ ] { } ' " ` & | < > ( ) \ ~ ! = $$
ASKED := $(value VENV)
override VENV := $(patsubst ~/%,$(HOME)/%,$(ASKED))
ifneq ($(words $(VENV)) $(strip $(filter -%,$(VENV)) $(foreach sign,$(REFUSED),$(findstring $(sign),$(VENV)))),1 )
$(error VENV must name one folder, without spaces, a dash in front, or any of $(REFUSED). Received: VENV=$(ASKED))
endif
IN_PATHS := : " ` $$
ifneq ($(strip $(foreach sign,$(IN_PATHS),$(findstring $(sign),$(CURDIR)))),)
$(error The course cannot lie in a folder with any of $(IN_PATHS) in its path. Move it. Now it lies in $(CURDIR))
endif

PY = $(VENV)/bin/python
MADE = $(VENV)/made-by-autoencoders
READY = $(VENV)/installed
LAB = $(VENV)/lab-installed
NBGRADER = $(VENV)/nbgrader-installed
TESTSITE = $(VENV)/test-site-installed
PASSED = $(VENV)/test-all.json
PAGE = $(CURDIR)/_build/html/index.html
# The user's own settings of Python, Jupyter and libraries stay outside (for those of pip see tools/environment/packages.py). A
# reader may choose a seed for the notebooks, and full-scale runs may need to know where the graphics card's tools are.
PASSED_ON = AE_CHROMIUM AE_DATA_HOME AE_PROGRESS $(if $(filter lab,$(MAKECMDGOALS)),AE_SEED) \
	$(if $(filter paper,$(MAKECMDGOALS)),TF_% XLA_%)
unexport $(filter-out $(PASSED_ON), \
	CDPATH CLICOLOR CLICOLOR_FORCE COLUMNS FORCE_COLOR LINES NO_COLOR \
	$(filter AE_% IPYTHON% JUPYTER% KERAS_% MATPLOTLIB% MPL% PYTEST_% PYTHON% RUFF_% SPHINX% TF_% XLA_%, $(.VARIABLES)))
export JUPYTER_PREFER_ENV_PATH = 1
export PYTHONUTF8 = 1
# Names with spaces, quotes and dollar signs reach Python as they were typed.
typed = '$(subst ','\'',$(value $(1)))'
# Where nothing but warnings is to be said: no bars in outputs, no lines of TensorFlow about the machine.
QUIET = AE_PROGRESS=0 TF_CPP_MIN_LOG_LEVEL=3
PYTEST = $(QUIET) $(PY) -m pytest --quiet
# Files of tests, and notebooks, run side by side with one thread each; notebooks without the start-up files of the
# user's IPython.
SIDE_BY_SIDE = IPYTHONDIR="$$(cd "$(VENV)" && pwd)/ipython" OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 \
	$(PYTEST) --numprocesses $(JOBS) --dist loadfile

.NOTPARALLEL:
.PHONY: help book lab test test-all notebooks exercises test-solutions claims serve lint clean install site unit unit-slow \
	paper paper-runs notebooks-check nbval site-check package test-colab \
	slides bundle test-bundle classroom grade test-classroom test-site links

help:  ## show this list
	@echo "make book    and    make test    are all that most people need:"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1 | /p' Makefile | awk -F ' [|] ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

book: notebooks exercises site  ## build the website, and print the page to open
	@echo
	@echo "Open $(PAGE)"

test: $(READY)  ## run the checks, and show which passed (20 minutes at most)
	@MAKE="$(MAKE)" $(PY) -m tools.steps $(filter-out $(SKIP),$(STEPS))

test-all: $(READY)  ## run every check, the heavy ones too (an hour; called again it goes on where it stopped)
	@$(if $(FRESH),rm -f "$(PASSED)")
	@MAKE="$(MAKE)" $(PY) -m tools.steps --resume "$(PASSED)" --again site -- $(STEPS) $(HEAVY)

notebooks: $(READY)  ## execute the notebooks whose code changed, and renew the others' prose
	@$(PY) -m tools.notebooks chapters
	@$(PY) -m tools.website.diagrams

exercises: $(READY)  ## make the notebooks of the exercises and of their solutions, as above
	@$(PY) -m tools.notebooks exercises

test-solutions: $(READY)  ## run every exercise notebook, unsolved and solved, and compare outputs
	AE_STRICT=1 $(SIDE_BY_SIDE) --nbval --nbval-current-env book/exercises book/solutions

claims: $(READY)  ## count under ten seeds how often each claim holds (only what is missing is executed)
	@$(PY) -m tools.claims

lab: $(LAB)  ## open JupyterLab on copies of all notebooks in work/, for you to work in
	@$(PY) -m tools.notebooks.lab $(LAB_OPTIONS)

serve:  ## show the website that was built on this machine, at port PORT
	@test -f "$(PAGE)" || { echo "There is no website yet. Run: make book" >&2; exit 1; }
	@echo "http://localhost:$(PORT) (stop with Ctrl-C)"
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lint: $(READY)  ## check the style of all Python code
	$(PY) -m ruff check
	$(PY) -m ruff format --check

unit: $(READY)  ## run the unit tests, and the examples in docstrings
	$(SIDE_BY_SIDE) -m "not slow" --doctest-modules tests tools web ae_lib

unit-slow: $(READY)  ## test what takes longer: exact gradients of many steps, runs that are killed
	$(SIDE_BY_SIDE) -m slow tests

paper: $(READY)  ## run an experiment of the paper in full: NAME=digits (minutes to hours; resumes if killed)
	@$(PY) -m ae_lib.paper $(NAME) --seed $(SEED) --preset $(PRESET) --out ae_lib/results \
		$(if $(DATA_HOME),--data-home "$(DATA_HOME)")

paper-runs: $(READY)  ## run every experiment of the paper in small; kill and resume one
	$(PYTEST) tests/ae_lib/paper/test_command.py

notebooks-check: $(READY)  ## check that notebooks are what their chapters give, and their form
	$(PYTEST) tests/tools/notebooks/chapters tests/tools/website/test_diagrams.py tests/book/test_notebooks.py
	@$(PY) -m tools.notebooks exercises --check

nbval: $(READY)  ## run every notebook again, and compare with its stored outputs
	AE_STRICT=1 $(SIDE_BY_SIDE) --nbval --nbval-current-env book/*.ipynb

site: $(READY)  ## build the website from the notebooks as they are; a warning is an error
	@$(PY) -m tools.website.build

site-check: $(READY)  ## check the website that was built: links, alt texts, nothing from foreign hosts
	$(PYTEST) tests/web/site

package: $(READY)  ## build the package, and use it alone in a fresh environment
	$(PYTEST) tests/tools/test_package.py

test-colab: $(READY)  ## run the notebooks under Colab's versions, of CHAPTERS="05_pca" or all (needs Python 3.13)
	@$(PY) -m tools.teaching.colab $(CHAPTERS)

slides: $(READY)  ## make slides of the chapters, from the notebooks as they are
	@$(PY) -m tools.teaching.slides

bundle: site slides  ## pack site, slides, notebooks, ae_lib into a zip for a room without a network; WHEELS=1: all packages too
	@$(PY) -m tools.teaching.zip $(if $(WHEELS),--wheels)

test-bundle:  ## pack with all packages, then install from the zip with no network and run a notebook
	@$(MAKE) --no-print-directory bundle WHEELS=1
	$(PYTEST) tests/tools/teaching/test_zip_install.py

classroom: $(NBGRADER)  ## make an nbgrader course of the exercises, in the folder CLASS
	@$(PY) -m tools.teaching.classroom --class=$(call typed,CLASS)

grade: $(NBGRADER)  ## mark what students handed in: ASSIGNMENT=05_pca (and CLASS, STUDENT, ALL=1, SANDBOX=no)
	$(if $(value ASSIGNMENT),,@echo "Which assignment? make grade ASSIGNMENT=05_pca"; exit 2)
	@$(PY) -E -s -m tools.teaching.grade --class=$(call typed,CLASS) $(if $(value STUDENT),--student=$(call typed,STUDENT)) \
		$(if $(ALL),--all) $(if $(filter no,$(SANDBOX)),--no-sandbox) -- $(call typed,ASSIGNMENT)

test-classroom: $(NBGRADER)  ## grade made-up students with nbgrader itself (needs bubblewrap; SANDBOX=no skips it)
	CLASS_TEST_SANDBOX=$(SANDBOX) $(PYTEST) -rs tests/tools/teaching/with_nbgrader

test-site: $(TESTSITE)  ## try the website in a browser, and show its scores (after make site; needs Chromium and Node 20)
	$(PYTEST) --doctest-modules tests/web/browser tools/website/browser.py tools/website/scores.py
	@$(PY) -m tools.website.scores

links: $(READY)  ## ask every external link of the pages whether it still leads somewhere (needs the network)
	@$(PY) -m tools.website.links

install: $(READY)  ## install what is needed into .venv
clean:  ## remove what make built, and nothing else (.venv, work, classroom and kept stay)
	@python=$$(sh tools/environment/find_python.sh $(if $(PYTHON),"$(PYTHON)")) && "$$python" -B -m tools.clean

# A Python that was removed or replaced since leaves a broken link, or packages of another version; an environment
# that was moved or copied does not work. The mark says that the course made this environment, to its end, and where.
MOVED := $(shell cd "$(VENV)" 2>/dev/null && test -f made-by-autoencoders && { grep -qxF "$$(pwd -P)" made-by-autoencoders \
	&& test -d lib/python$$(bin/python -S -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || echo moved; })
.PHONY: moved

$(PY) $(MADE): $(MOVED)
	@python=$$(sh tools/environment/find_python.sh $(if $(PYTHON),"$(PYTHON)")) && "$$python" -m tools.environment.virtual_environment "$(VENV)"

$(READY): requirements.txt pyproject.toml $(PY) $(MADE)
	@echo "Installing into $(VENV): some minutes the first time"
	@$(PY) -m tools.environment.packages $(INSTALL)
	@$(PY) -m tools.environment.packages --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Only who works in the notebooks here needs it.
$(LAB): $(READY)
	@echo "Adding JupyterLab to $(VENV)"
	@$(PY) -m tools.environment.packages --constraint requirements.txt "jupyterlab>=4"
	@touch $(LAB)

# Only a class needs it, so it is not among the course's packages; it changes none of them.
$(NBGRADER): $(READY)
	@echo "Adding nbgrader to $(VENV)"
	@$(PY) -m tools.environment.packages --constraint requirements.txt "nbgrader>=0.9.6"
	@touch $(NBGRADER)

# Only who changes the website's looks or programs needs these, and a browser with them.
$(TESTSITE): $(READY) tools/website/check/requirements.txt tools/website/check/package-lock.json
	@command -v npm >/dev/null || { echo "Install Node.js 20 or newer (https://nodejs.org): there is no npm."; exit 1; }
	@echo "Adding Playwright to $(VENV), axe and Lighthouse to tools/website/check"
	@$(PY) -m tools.environment.packages --constraint requirements.txt -r tools/website/check/requirements.txt
	@npm ci --prefix tools/website/check --no-audit --no-fund --loglevel=error
	@touch $(TESTSITE)
