# The commands of everyday work. CMake does the building (CMakePresets.json); this sets up first.
#
#   make demo       the main job on built-in data; ends with the path of demo/report.html
#   make test       every test
#   make test-fast  the tests without the slow ones
#   make bench      times kernels, and the detector beside torchvision (bench/README.md)
#   make build      only builds the program: build/bin/mammograft
#   make format     lays out every source file (clang-format)
#   make tidy       lints src/ (clang-tidy)
#   make fuzz       looks for inputs that crash the readers (clang; FUZZ_SECONDS each, 600)
#   make clean      removes what was built (not .venv)

# CMAKE_ARGS: more arguments for the first configuration.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CTEST = ctest --test-dir build --output-on-failure -j $(JOBS)

.PHONY: all setup configure build everything demo test test-fast bench fuzz format tidy clean
all: build

setup:
	@scripts/setup.sh

# Configures where that has not been done, or where another LibTorch was chosen since.
configure: setup
	@if [ ! -f build/build.ninja ] || [ .cache/torch -nt build/build.ninja ]; then \
	  cmake --preset release $(CMAKE_ARGS); fi

# What `make demo` runs, and nothing else; the tests come with `make test`.
build: configure
	@cmake --build build -j $(JOBS) --target mammograft

everything: configure
	@cmake --build build -j $(JOBS)

demo: build
	@scripts/demo.sh

# The build needs nothing of what the tests need, so that is fetched beside it.
test: configure
	@scripts/setup.sh --tests & cmake --build build -j $(JOBS) && wait
	@$(CTEST)

test-fast: everything
	@$(CTEST) -LE slow

bench: everything
	@scripts/bench.sh

fuzz: setup
	@scripts/fuzz.sh

format:
	@scripts/format.sh

tidy: setup
	@scripts/tidy.sh

clean:
	rm -rf build build-debug build-asan build-tidy build-fuzz
