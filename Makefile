# Strata. `make help` lists what can be done. Everything is built below build/, nothing else is touched.
#
#   REAL=float      numbers of 32 bits (build/float/strata)     CXX=clang++   another compiler (give FLAVOUR too)
#   PREFIX=/usr     where `make install` puts things            ARGS='…'      further options for `make run`, `make gdb`

CXX ?= g++
REAL ?= double
PREFIX ?= /usr/local
VERSION := 0.1.0

# No rules of make's own: page.cpp must not be taken for the source of the folder page.
MAKEFLAGS += --no-builtin-rules

# In parallel by default: as many jobs as processors. `make -j1` says otherwise.
ifeq ($(MAKELEVEL),0)
  MAKEFLAGS += -j$(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
endif

# ---- flavours: release, float, debug, asan, each in a folder of its own ------------------------------------------
FLAVOUR ?= $(if $(filter float,$(REAL)),float,release)
OUT := build/$(FLAVOUR)
PROGRAM := $(if $(filter release,$(FLAVOUR)),build/strata,$(OUT)/strata)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion $(if $(WERROR),-Werror)
ifeq ($(findstring clang,$(CXX)),)
  # g++ 12 warns falsely about std::string (its bug 105651) and std::variant (105562)
  WARNINGS += -Wno-restrict -Wno-maybe-uninitialized
endif
CXXFLAGS ?= -march=native
# Where the time of a training run goes is optimised fully; the rest (files, pages, command line) compiles faster this way.
HOT := core/matmul% core/convolution% core/patches% core/vector_math% core/parallel% core/rows% core/tensor% core/rng% core/eigen% core/svd% core/double_matrix% core/autodiff/ops_% core/autodiff/losses% core/autodiff/penalties% core/autodiff/elementwise% core/autodiff/tape% core/optim/% layers/backprop% layers/activation% \
       core/data/corruption% autoencoders/explicit_backprop% core/draws% pretraining/pca% pretraining/logistic_% pretraining/rbm.% pretraining/rbm_training% pretraining/rbm_likelihood% pretraining/rbm_annealing% pretraining/cli/bench_machine%
optimise = $(if $(filter $(HOT),$(1)),-O3,-O1)
ifneq ($(filter debug%,$(FLAVOUR)),)
  CXXFLAGS := -O0 -g3 -D_GLIBCXX_ASSERTIONS -DSTRATA_DEBUG
  optimise =
endif
ifneq ($(filter asan%,$(FLAVOUR)),)
  CXXFLAGS := -O1 -march=native -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS
  optimise =
endif
# Without -fno-math-errno a square root would have to set errno, and no loop with one could use vectors.
COMPILE = $(CXX) -std=c++20 $(CXXFLAGS) -fno-math-errno $(WARNINGS) -I. -pthread -DSTRATA_VERSION='"$(VERSION)"' \
          $(if $(filter float,$(REAL)),-DSTRATA_REAL_FLOAT)

# ---- what there is to build --------------------------------------------------------------------------------------
SOURCES := $(shell find core layers autoencoders pretraining -name '*.cpp' | sort)
LIBRARY_SOURCES := $(filter-out pretraining/cli/%,$(SOURCES))
PAGE_FILES := $(sort $(wildcard core/inspect/trace/page/*))
PAGE_OBJECT := $(OUT)/obj/page_files.o
TEST_SOURCES := $(sort $(wildcard tests/*.cpp))
# Files whose names begin alike are compiled as one, for what they include is then read once: it saves nearly half of the time
# of a build from clean. Not where one steps through them, nor by clang, so that each is known to include what it needs.
UNITS := core/io/ core/inspect/trace/ core/data/ core/autodiff/ layers/ autoencoders/explicit_ autoencoders/ pretraining/pages/kinds/ \
         pretraining/cli/bench_ pretraining/cli/command_ pretraining/cli/kind pretraining/cli/step pretraining/cli/ \
         pretraining/report pretraining/classif pretraining/compar pretraining/family pretraining/rbm_ pretraining/
ifneq ($(filter-out release float,$(FLAVOUR))$(findstring clang,$(CXX)),)
  UNITS :=
endif
# Tests link all but main.cpp. A replaced operator new must not be inlined: g++ would take its pair for a mismatch.
ALONE := %/main.cpp %/allocation_count.cpp
# The first that fits.
unit_of = $(firstword $(foreach unit,$(if $(filter $(HOT) $(ALONE),$(1)),,$(UNITS)),$(if $(filter $(unit)%,$(1)),$(unit))))
in_unit = $(foreach source,$(filter $(1)%,$(SOURCES)),$(if $(filter $(1),$(call unit_of,$(source))),$(source)))
# The objects of some sources, each file's own or its unit's.
object = $(sort $(foreach source,$(1),$(OUT)/obj/$(or $(addsuffix +.o,$(call unit_of,$(source))),$(source:.cpp=.o))))
LIBRARY := $(OUT)/libstrata.a
DEBUGGED := build/debug$(if $(filter float,$(REAL)),-float)
CASE ?= sparse
TESTS := $(OUT)/tests

.DEFAULT_GOAL := all
.PHONY: help all run mnist headline test test-gdb debug gdb asan deps format install clean doctest

help:  ## this list
	@echo "Strata $(VERSION): autoencoders from scratch. The two commands to begin with: make run, make test"
	@sed -n 's/^\([a-z][a-zA-Z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'
	@echo "  make test-NAME     the tests of tests/NAME_test.cpp alone: $(patsubst tests/%_test.cpp,%,$(filter %_test.cpp,$(TEST_SOURCES)))"
	@echo "  REAL=float builds with 32-bit numbers; PREFIX=… says where to install; ARGS='…' goes to the program of make run"

all: $(PROGRAM)  ## the program, build/strata

run: $(PROGRAM)  ## the main job: pretrain a stacked autoencoder on digits, next to PCA; writes build/report
	@$(PROGRAM) pretrain $(ARGS)

mnist:  ## the MNIST digits into build/data/mnist, checked by SHA-256; MNIST=… names a folder or a mirror
	@sh tests/checks/get_mnist.sh build/data/mnist '$(MNIST)'

headline: mnist  ## docs/guide/headline.md anew, with all its runs on MNIST: one to two hours (BEST=1: up to one more)
	@$(MAKE) --no-print-directory REAL=float build/float/strata build/float/libstrata.a
	@$(COMPILE) -O1 -DSTRATA_REAL_FLOAT -o build/headline_page docs/benchmarks/headline_page.cpp build/float/libstrata.a
	@BEST='$(BEST)' docs/benchmarks/headline.sh $(RUNS)

test: $(TESTS) $(PROGRAM)  ## build and run every test
	@STRATA_PROGRAM=$(PROGRAM) $(TESTS)
	@tests/checks/guide_code.sh $(OUT) '$(COMPILE)'

test-%: $(TESTS) $(PROGRAM)
	@STRATA_PROGRAM=$(PROGRAM) $(TESTS) --source-file='*tests/$*_test.cpp'

debug:  ## build/debug/strata: no optimisation, one thread, plain loops, to step through
	@$(MAKE) --no-print-directory FLAVOUR=debug$(if $(filter float,$(REAL)),-float) all

gdb: debug  ## step through one pass in gdb: make gdb CASE=sparse (a kind or a model; docs/guide/gdb.md)
	@command -v gdb > /dev/null || { echo "make gdb: gdb is not installed (apt-get install gdb)"; exit 1; }
	@gdb -q -iex 'set debuginfod enabled off' -iex 'add-auto-load-safe-path $(CURDIR)' -x core/inspect/debugger/strata_gdb.py \
	  -ex 'echo strata-help lists the commands. Begin with: break-op sigmoid backward, then run\n' \
	  --args $(DEBUGGED)/strata step '$(CASE)' --once $(ARGS)

test-gdb: debug  ## the session of docs/guide/gdb.md, and the printers on everything odd
	@tests/checks/gdb_session.sh $(DEBUGGED); s=$$?; [ $$s = 0 ] || [ $$s = 77 ]
	@tests/checks/gdb_printers.sh $(DEBUGGED); s=$$?; [ $$s = 0 ] || [ $$s = 77 ]

asan:  ## build/asan/strata and its tests: address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory FLAVOUR=asan$(if $(filter float,$(REAL)),-float) all $(OUT:build/$(FLAVOUR)=build/asan)$(if $(filter float,$(REAL)),-float)/tests

deps:  ## check that includes point one way: core <- layers <- autoencoders <- pretraining
	@sh tests/checks/deps.sh

format:  ## lay out every source file by .clang-format
	@find core layers autoencoders pretraining tests -name '*.[ch]pp' ! -name digits8x8_data.cpp | xargs clang-format -i

install: $(PROGRAM) $(LIBRARY)  ## program, library, headers and pkg-config file below PREFIX
	@sh tests/checks/install.sh '$(DESTDIR)$(PREFIX)' '$(PREFIX)' '$(VERSION)' '$(PROGRAM)' '$(LIBRARY)' '$(REAL)'

clean:  ## remove build/
	@rm -rf build

# ---- how ---------------------------------------------------------------------------------------------------------
$(PROGRAM): $(call object,$(filter pretraining/cli/%,$(SOURCES))) $(LIBRARY)
	@$(CXX) $(CXXFLAGS) -pthread -o $@ $^

$(LIBRARY): $(call object,$(LIBRARY_SOURCES)) $(PAGE_OBJECT)
	@rm -f $@ && ar rcs $@ $^

$(TESTS): $(call object,$(TEST_SOURCES) $(filter-out %/main.cpp,$(filter pretraining/cli/%,$(SOURCES)))) $(LIBRARY)
	@$(CXX) $(CXXFLAGS) -pthread -o $@ $^

$(call object,$(TEST_SOURCES)): | doctest

# g++ reads the standard library's headers once, for each level of optimisation, and not again for every file: half of the
# time to compile. Files include what they need all the same: clang, and programs of one's own, go without this.
STANDARD_HEADERS := algorithm array charconv cmath cstdint cstdio deque filesystem functional map memory numeric optional sstream string \
                    string_view unordered_map utility variant vector
ifeq ($(findstring clang,$(CXX)),)
  # (not for tests: g++ 12 then warns falsely about their string literals)
  precompiled = $(if $(filter tests/%,$(1)),,$(OUT)/std/$(or $(call optimise,$(1)),plain)/std.hpp)
endif

.PRECIOUS: $(OUT)/std/%/std.hpp.gch
$(OUT)/std/%/std.hpp.gch: Makefile
	@mkdir -p $(dir $@)
	@printf '#include <%s>\n' $(STANDARD_HEADERS) > $(@:.gch=)
	@$(COMPILE) $(filter -O%,$*) -x c++-header -o $@ $(@:.gch=)

$(OUT)/obj/%.o: %.cpp | $(sort $(foreach source,$(SOURCES),$(addsuffix .gch,$(call precompiled,$(source)))))
	@mkdir -p $(dir $@)
	@echo "  compile $<"
	@$(COMPILE) $(call optimise,$<) $(addprefix -include ,$(call precompiled,$<)) -MMD -MP -c -o $@ $<

# A unit includes its files. Its folder is named too: its time changes when a file is added or removed.
define unit_rule
$(OUT)/obj/$(1)+.cpp: Makefile $(dir $(1).)
	@mkdir -p $$(dir $$@)
	@printf '#include "%s"\n' $(call in_unit,$(1)) > $$@.new
	@cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@

$(OUT)/obj/$(1)+.o: $(OUT)/obj/$(1)+.cpp | $(OUT)/std/-O1/std.hpp.gch
	@$(foreach source,$(call in_unit,$(1)),echo "  compile $(source)";)
	@$$(COMPILE) -O1 -include $(OUT)/std/-O1/std.hpp -MMD -MP -c -o $$@ $$<
endef
$(foreach unit,$(UNITS),$(eval $(call unit_rule,$(unit))))

# The trace's page, as string literals. The folder is named too: its time changes when a file is added or removed.
$(OUT)/page_files.cpp: core/inspect/trace/embed.sh $(PAGE_FILES) core/inspect/trace/page
	@mkdir -p $(dir $@)
	@sh core/inspect/trace/embed.sh $(PAGE_FILES) > $@.new && mv $@.new $@

$(PAGE_OBJECT): $(OUT)/page_files.cpp
	@mkdir -p $(dir $@)
	@echo "  compile core/inspect/trace/page"
	@$(COMPILE) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(call object,$(SOURCES) $(TEST_SOURCES)) $(PAGE_OBJECT))

# doctest comes from the system; where it is missing it is installed with the system's package manager.
doctest:
	@echo '#include <doctest/doctest.h>' | $(CXX) -std=c++20 -x c++ -E - >/dev/null 2>&1 || sh tests/checks/install_doctest.sh
