# Strata. `make help` lists what can be done. Everything is built below build/, nothing else is touched.
#
#   REAL=float      numbers of 32 bits (build/float/strata)     CXX=clang++   another compiler (give FLAVOUR too)
#   PREFIX=/usr     where `make install` puts things            ARGS='…'      further options for `make run`, `make gdb`

CXX ?= g++
REAL ?= double
PREFIX ?= /usr/local
VERSION := 0.1.0

# No rules of make's own, and in parallel: as many jobs as processors, unless `make -j1` says otherwise.
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
  MAKEFLAGS += -j$(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
endif

# ---- flavours: release, float, debug, asan, each in a folder of its own below build/ -----------------------------
FLAVOUR ?= $(if $(filter float,$(REAL)),float,release)
OUT := build/$(FLAVOUR)
PROGRAM := $(if $(filter release,$(FLAVOUR)),build/strata,$(OUT)/strata)
LIBRARY := $(OUT)/libstrata.a
TESTS := $(OUT)/tests

# Folders in which numbers are computed are optimised fully; files, pages and the command line compile faster this way.
NUMERICAL := core core/math core/random core/linalg core/data core/autodiff core/autodiff/rules core/optim layers \
             autoencoders/explicit pretraining/baselines pretraining/rbm pretraining/cli/bench
optimise = $(if $(filter $(patsubst %/,%,$(dir $(1))),$(NUMERICAL)),-O3,-O1)
NATIVE := $(if $(filter arm64 aarch64,$(shell uname -m)),-mcpu,-march)=native
CXXFLAGS ?= $(NATIVE)
SYMBOLS := $(if $(filter Linux,$(shell uname -s)),-gz)
ifneq ($(filter debug%,$(FLAVOUR)),)
  CXXFLAGS := -g3 $(SYMBOLS) -D_GLIBCXX_ASSERTIONS -DSTRATA_DEBUG
  optimise = -O0
endif
ifneq ($(filter asan%,$(FLAVOUR)),)
  CXXFLAGS := $(NATIVE) -g1 $(SYMBOLS) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
              -D_GLIBCXX_ASSERTIONS
  optimise = -O1
endif

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion $(if $(WERROR),-Werror)
IS_CLANG := $(findstring clang,$(shell $(CXX) --version 2>/dev/null))# as is what Macs call g++
ifeq ($(IS_CLANG),)
  # g++ 12 warns falsely about std::string (its bugs 105329, 105651) and std::variant (105562).
  FALSE_WARNINGS := -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
  WARNINGS += $(FALSE_WARNINGS)
endif
# Without -fno-math-errno a square root would have to set errno, and no loop with one could use vectors.
COMPILE = $(CXX) -std=c++20 $(CXXFLAGS) -fno-math-errno $(WARNINGS) -I. -pthread -DSTRATA_VERSION='"$(VERSION)"' \
          $(if $(filter float,$(REAL)),-DSTRATA_REAL_FLOAT)

# ---- what there is to build: every .cpp file is an object; all but main.cpp are in the tests too ------------------
SOURCES := $(shell find core layers autoencoders pretraining -name '*.cpp' | sort)
TEST_SOURCES := $(shell find tests -name '*.cpp' ! -path 'tests/checks/*' | sort)
PAGE_FILES := $(sort $(wildcard core/inspect/trace/page/*))
objects_of = $(patsubst %.cpp,$(OUT)/obj/%.o,$(1))
MAIN_OBJECT := $(call objects_of,pretraining/cli/main.cpp)
LIBRARY_OBJECTS := $(filter-out $(MAIN_OBJECT),$(call objects_of,$(SOURCES))) $(OUT)/obj/page_files.o
TEST_OBJECTS := $(call objects_of,$(TEST_SOURCES))

# What takes minutes says so first.
say = $(if $(filter $(1),$(MAKECMDGOALS)),$(info $(2)))
$(call say,test,make test: compiles what has changed (all of it: five minutes on two cores); then four minutes of tests and of the programs in the guide)
$(call say,gdb debug test-gdb,make $(MAKECMDGOALS): compiles what has changed of the debug program (all of it: two minutes on two cores))

.DEFAULT_GOAL := all
.PHONY: help all run mnist headline test test-gdb debug gdb own compile-commands asan deps format install clean doctest

help:  ## this list
	@echo "Strata $(VERSION): autoencoders from scratch. The two commands to begin with: make run, make test"
	@sed -n 's/^\([a-z][a-zA-Z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'
	@echo "  make test-NAME     the tests in files called NAME_test.cpp alone:" \
	  $(sort $(patsubst %_test.cpp,%,$(notdir $(filter %_test.cpp,$(TEST_SOURCES)))))

all: $(PROGRAM)  ## the program, build/strata

run: $(PROGRAM)  ## the main job: pretrain a stacked autoencoder on digits, next to PCA; writes build/report
	@$(PROGRAM) pretrain $(ARGS)

mnist:  ## the MNIST digits into build/data/mnist, checked by SHA-256; MNIST=… names a folder or a mirror
	@sh tests/checks/get_mnist.sh build/data/mnist '$(MNIST)'

headline: mnist  ## docs/guide/headline.md anew, with all its runs on MNIST: one to two hours (BEST=1: up to one more)
	@$(MAKE) --no-print-directory REAL=float build/float/strata build/float/libstrata.a
	@$(COMPILE) -O1 -DSTRATA_REAL_FLOAT -o build/headline_page docs/benchmarks/headline_page.cpp build/float/libstrata.a
	@BEST='$(BEST)' docs/benchmarks/headline.sh $(RUNS)

test: $(TESTS) $(PROGRAM)  ## build and run every test, and every program and command of README and guide
	@STRATA_PROGRAM=$(PROGRAM) $(TESTS)
	@tests/checks/guide_code.sh $(OUT) '$(COMPILE)'

test-%: $(TESTS) $(PROGRAM)
	@STRATA_PROGRAM=$(PROGRAM) $(TESTS) --source-file='*/$*_test.cpp'

DEBUGGED := build/debug$(if $(filter float,$(REAL)),-float)
debug:  ## build/debug/strata: no optimisation, one thread, plain loops, to step through
	@$(MAKE) --no-print-directory FLAVOUR=$(notdir $(DEBUGGED)) all

CASE ?= sparse
gdb: debug  ## step through one pass in gdb: make gdb CASE=sparse (a kind or a model; docs/guide/gdb.md)
	@command -v gdb > /dev/null || { echo "make gdb: gdb is not installed (apt-get install gdb)"; exit 1; }
	@gdb -q -iex 'set debuginfod enabled off' -iex 'add-auto-load-safe-path $(CURDIR)' \
	  -x core/inspect/debugger/strata_gdb.py \
	  -ex 'echo strata-help lists the commands. Begin with: break-op sigmoid backward, then run\n' \
	  --args $(DEBUGGED)/strata step '$(CASE)' --once $(ARGS)

test-gdb: debug  ## the session of docs/guide/gdb.md, and the printers on everything odd
	@tests/checks/gdb_session.sh $(DEBUGGED); s=$$?; [ $$s = 0 ] || [ $$s = 77 ]
	@tests/checks/gdb_printers.sh $(DEBUGGED); s=$$?; [ $$s = 0 ] || [ $$s = 77 ]

own: $(LIBRARY)  ## a program of your own, compiled: make own FILE=x.cpp makes build/release/own/x
	@mkdir -p $(OUT)/own
	@$(COMPILE) $(call optimise,core/) -o "$(OUT)/own/$$(basename '$(FILE)' .cpp)" '$(FILE)' $(LIBRARY)

compile-commands:  ## build/compile_commands.json, from which editors (clangd, VS Code) know how files are compiled
	@mkdir -p build
	@set -- $(filter-out $(FALSE_WARNINGS),$(COMPILE)); flags=$$(printf '%s\n' "$$@" | sed 's/["\\]/\\&/g; s/.*/"&", /' | tr -d '\n'); \
	  for file in $(SOURCES) $(TEST_SOURCES); do \
	    printf '%s\n{"directory": "$(CURDIR)", "file": "%s", "arguments": [%s"-c", "%s"]}' "$$comma" "$$file" "$$flags" "$$file"; comma=,; \
	  done | sed '1s/^/[/; $$s/$$/]/' > build/compile_commands.json

ASAN := build/asan$(if $(filter float,$(REAL)),-float)
asan:  ## build/asan/strata and its tests: address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory FLAVOUR=$(notdir $(ASAN)) all $(ASAN)/tests

deps:  ## check that includes follow the arrows between the rooms
	@sh tests/checks/deps.sh

format:  ## lay out every source file by .clang-format
	@find core layers autoencoders pretraining tests -name '*.[ch]pp' ! -name digits8x8_data.cpp | xargs clang-format -i

install: $(PROGRAM) $(LIBRARY)  ## program, library, headers and pkg-config file below PREFIX
	@sh tests/checks/install.sh '$(DESTDIR)$(PREFIX)' '$(PREFIX)' '$(VERSION)' '$(PROGRAM)' '$(LIBRARY)' '$(REAL)'

clean:  ## remove build/
	@rm -rf build

# ---- how ---------------------------------------------------------------------------------------------------------
$(PROGRAM): $(MAIN_OBJECT) $(LIBRARY)
	@$(CXX) $(CXXFLAGS) -pthread -o $@ $^

$(LIBRARY): $(LIBRARY_OBJECTS)
	@rm -f $@ && ar rcs $@ $^

$(TESTS): $(TEST_OBJECTS) $(LIBRARY)
	@$(CXX) $(CXXFLAGS) -pthread -o $@ $^

$(TEST_OBJECTS): | doctest

$(OUT)/obj/%.o: %.cpp
	@mkdir -p $(dir $@)
	@echo "  compile $<"
	@$(COMPILE) $(call optimise,$<) $(call precompiled,$<) -MMD -MP -c -o $@ $<

# g++ reads the standard headers once for each level of optimisation, not once a file: half of the time to compile. Files
# include what they need all the same: clang, and programs of one's own, go without this.
ifeq ($(IS_CLANG),)
STANDARD := algorithm array charconv chrono cmath cstdint cstdio filesystem functional limits map memory numeric optional \
            ostream sstream string string_view thread unordered_map utility variant vector
precompiled = -include $(OUT)/std$(call optimise,$(1)).hpp
$(LIBRARY_OBJECTS) $(MAIN_OBJECT) $(TEST_OBJECTS): | $(foreach o,$(sort $(call optimise,core/) $(call optimise,tests/)),$(OUT)/std$(o).hpp.gch)
$(OUT)/std-%.hpp.gch: Makefile
	@mkdir -p $(dir $@) && printf '#include <%s>\n' $(STANDARD) > $(@:.gch=)
	@$(COMPILE) -$* -x c++-header -o $@ $(@:.gch=)
endif

# The trace's page, as string literals. The folder is named too: its time changes when a file is added or removed.
$(OUT)/page_files.cpp: core/inspect/trace/embed.sh $(PAGE_FILES) core/inspect/trace/page
	@mkdir -p $(dir $@)
	@sh core/inspect/trace/embed.sh $(PAGE_FILES) > $@.new && mv $@.new $@

$(OUT)/obj/page_files.o: $(OUT)/page_files.cpp
	@mkdir -p $(dir $@)
	@$(COMPILE) -c -o $@ $<

-include $(patsubst %.o,%.d,$(LIBRARY_OBJECTS) $(MAIN_OBJECT) $(TEST_OBJECTS))

# doctest comes from the system; where it is missing it is installed with the system's package manager.
doctest:
	@echo '#include <doctest/doctest.h>' | $(CXX) -std=c++20 -x c++ -E - >/dev/null 2>&1 || sh tests/checks/install_doctest.sh
