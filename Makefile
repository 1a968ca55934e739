# svinit: build, test and install.   make help   lists what there is.
VERSION  = 0.1.0
BUILD   ?= build$(if $(SANITIZE),-sanitize)$(if $(STATIC),-static)$(if $(COVERAGE),-coverage)
CC      ?= cc
PKG_CONFIG ?= pkg-config

WARNINGS = -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
           -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral -Wno-format-truncation
CFLAGS  ?= -O2 -g
# Nothing is thrown in C: tables to unwind by stay in the debug information, out of what is mapped. Relocations are packed
# for the same reason (glibc 2.36).
CPPFLAGS += -I. -D_GNU_SOURCE -DSVINIT_VERSION='"$(VERSION)"' -DSVINIT_LIBEXECDIR='"$(LIBEXECDIR)"'
ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(CFLAGS) -fno-common -ffunction-sections -fdata-sections \
             -fstack-protector-strong -fno-asynchronous-unwind-tables
LDFLAGS += -Wl,--gc-sections -Wl,-z,pack-relative-relocs -Wl,-z,relro,-z,now -Wl,--as-needed
PREFIX  ?= /usr/local
LIBEXECDIR = $(PREFIX)/lib/svinit
DESTDIR ?=

# make V=1 shows whole commands.
Q = $(if $(V),,@)
say = $(if $(V),,@echo '  $(1) $@')

ifdef SANITIZE
ALL_CFLAGS += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=address,undefined
endif
ifdef COVERAGE
ALL_CFLAGS += --coverage
LDFLAGS += --coverage
endif
ifdef STATIC
LDFLAGS += -static
PKG_STATIC = --static
endif

lib = $(shell $(PKG_CONFIG) $(PKG_STATIC) --libs $(1) 2>/dev/null)

sources = $(sort $(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

COMMON = $(BUILD)/common.a
CORE   = $(BUILD)/core.a
LOAD   = $(BUILD)/load.a
OS     = $(BUILD)/os.a
# The manager's level without main.c, so that tests can link it.
SHELL_ = $(BUILD)/supervisor.a
LOGGER = $(BUILD)/logger.a
CTL    = $(BUILD)/ctl.a
MACHINE = $(BUILD)/machine.a
EXEC   = $(BUILD)/exec.a
ARCHIVES = $(COMMON) $(CORE) $(LOAD) $(OS) $(SHELL_) $(LOGGER) $(CTL) $(MACHINE) $(EXEC)

PROGRAMS = $(BUILD)/svinit $(BUILD)/svctl $(BUILD)/svlog $(BUILD)/svkeeper
PROGRAMS += $(BUILD)/svlog-compress

PROGRAMS += $(BUILD)/svmachine
PROGRAMS += $(BUILD)/svexec

all: $(PROGRAMS)

$(COMMON): $(call objects,common)
$(CORE):   $(call objects,supervisor/core)
$(LOAD):   $(call objects,supervisor/load)
$(OS):     $(call objects,supervisor/os)
$(SHELL_): $(filter-out %/main.o,$(call objects,supervisor)) $(call objects,supervisor/container)
$(LOGGER): $(filter-out %/main.o,$(call objects,logger))
$(CTL):    $(filter-out %/main.o,$(call objects,ctl))
$(EXEC):   $(filter-out %/main.o,$(call objects,exec))
$(MACHINE): $(filter-out %/main.o,$(call objects,machine))

$(ARCHIVES):
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR  )
	$(Q)ar rcs $@ $^

$(BUILD)/svinit: $(BUILD)/supervisor/main.o $(SHELL_) $(LOAD) $(OS) $(CORE) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call linked_in,inih jansson cap)
# A library of its own costs svinit 20 KiB of memory and svctl, which lives for a millisecond, a tenth of that: they are
# linked in where their archives are. libcap is the package of -lcap.
comma = ,
archive = $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a))
package = $(patsubst cap,libcap,$(patsubst zstd,libzstd,$(patsubst pcre2-8,libpcre2-8,$(1))))
linked_in = $(foreach l,$(1),$(if $(call archive,$(l)),-Wl$(comma)-Bstatic -l$(l) $(if $(STATIC),,-Wl$(comma)-Bdynamic),\
            $(call lib,$(call package,$(l)))))

$(BUILD)/svctl: $(BUILD)/ctl/main.o $(CTL) $(LOAD) $(CORE) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call linked_in,inih jansson zstd pcre2-8)
$(BUILD)/svexec: $(BUILD)/exec/main.o $(EXEC) $(OS) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call linked_in,cap) $(call lib,libseccomp)
$(BUILD)/svlog: $(BUILD)/logger/main.o $(LOGGER) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^
$(BUILD)/svmachine: $(BUILD)/machine/main.o $(MACHINE) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

# There is one for each service where there are no cgroups, so it brings neither a C library nor a page too many along;
# machines that keeper/system_call.h does not know need the C library.
KEEPER_FLAGS = -std=gnu17 $(WARNINGS) -Os -g -ffreestanding -fno-stack-protector -fno-pie -fno-asynchronous-unwind-tables \
               -fno-tree-loop-distribute-patterns
KEEPER_LINK = $(if $(filter x86_64% aarch64%,$(shell $(CC) -dumpmachine)),-nostdlib) -static -no-pie -Wl,--gc-sections \
              -Wl,-z,norelro -Wl,-z,noseparate-code -Wl,--build-id=none
$(BUILD)/svkeeper: $(wildcard keeper/*.[ch]) common/keeper_protocol.h $(BUILD)/flags
	$(call say,LINK)
	$(Q)$(CC) -I. -D_GNU_SOURCE $(KEEPER_FLAGS) $(KEEPER_LINK) -o $@ $(filter %.c,$^)

# By itself, so that zstd is mapped only while an old log file is compressed.
$(BUILD)/svlog-compress: $(call objects,compressor) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call linked_in,zstd)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Changes, and so rebuilds everything, only when the command line of the compiler does.
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS))' | cmp -s - $@ || \
	echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS))' > $@

# The programs and the unit files of units/samples, with the paths of this checkout in them.
SAMPLES = $(patsubst units/samples/src/%.c,$(BUILD)/samples/bin/%,$(call sources,units/samples/src))
SAMPLE_UNITS = $(patsubst units/samples/%.in,$(BUILD)/samples/units/%,$(wildcard units/samples/*.in))
samples: $(SAMPLES) $(SAMPLE_UNITS)
$(BUILD)/samples/bin/%: $(BUILD)/units/samples/src/%.o
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $<
$(BUILD)/samples/units/%: units/samples/%.in
	@mkdir -p $(@D) $(BUILD)/samples/state
	@sed -e 's|@bin@|$(abspath $(BUILD))/samples/bin|g' -e 's|@state@|$(abspath $(BUILD))/samples/state|g' $< > $@

# It holds the interface's text.
$(BUILD)/supervisor/control_service.o: supervisor/org.svinit.Supervisor.varlink

# One program a module: tests/unit/test_X.c, linked with the archives alone. Criterion finds its tests in a section of their
# own, which must not be collected as unused.
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(call sources,tests/unit))
TEST_ARCHIVES = $(SHELL_) $(LOGGER) $(MACHINE) $(LOAD) $(OS) $(CORE) $(COMMON)
$(BUILD)/tests/unit/test_ctl_%: TEST_ARCHIVES = $(CTL) $(LOAD) $(CORE) $(COMMON)
$(BUILD)/tests/unit/test_exec_%: TEST_ARCHIVES = $(EXEC) $(OS) $(COMMON)
# Its own allocator, which fails when it is told to.
$(BUILD)/tests/unit/test_core_memory: WRAP = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(WRAP) -Wl,--no-gc-sections -o $@ $< -Wl,--start-group $(TEST_ARCHIVES) \
		-Wl,--end-group $(call lib,criterion inih jansson libcap libseccomp libzstd libpcre2-8) -lpthread

unit-tests: $(UNIT_TESTS) $(BUILD)/svkeeper
	@scripts/run-unit-tests $(BUILD) $(UNIT_TESTS)

# The programs that tests/integration runs as services.
TEST_PROGRAMS = $(patsubst tests/integration/programs/%.c,$(BUILD)/tests/integration/%,\
	$(call sources,tests/integration/programs))
$(BUILD)/tests/integration/%: $(BUILD)/tests/integration/programs/%.o
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $<

integration-tests: $(PROGRAMS) $(TEST_PROGRAMS) samples
	@SVINIT_BUILD=$(BUILD) scripts/run-integration-tests $(BUILD) $(TESTS)

# Packages, maintainer scripts and Ansible, in a Debian that scripts/debian-root makes once.
test-root: $(PROGRAMS)
	@scripts/deps build root
	@RESULTS=root SVINIT_BUILD=$(BUILD) scripts/run-integration-tests $(BUILD) $(or $(TESTS),tests/root)

# Debian's own packages under svinit as PID 1; makes docs/compatibility.md. PACKAGES=nginx-light picks some.
COMPAT_ROOT ?= build/compat-root
.PHONY: test-compat
test-compat: $(PROGRAMS)
	@scripts/deps compat
	@scripts/compat-root $(COMPAT_ROOT)
	@SVINIT_BUILD=$(BUILD) tests/compat/run --root $(COMPAT_ROOT) $(PACKAGES)

# The test of svlog that has everything at once, at full length: 50 services, 100 kills, a disk that fills. SEED=N replays one.
log-torture: $(PROGRAMS) $(TEST_PROGRAMS) samples
	@SVINIT_LOG_TORTURE=full SVINIT_BUILD=$(BUILD) scripts/run-integration-tests $(BUILD) tests/integration/test_log_torture.py

# What make test and make demo build, behind the check that the packages are there.
everything: $(PROGRAMS) $(UNIT_TESTS) $(TEST_PROGRAMS) samples

JOBS := $(shell nproc 2>/dev/null || echo 2)
RECURSE = $(MAKE) --no-print-directory $(if $(V),,-s) -j$(JOBS)

test:
	@scripts/deps build
	@$(RECURSE) everything
	@rm -rf $(BUILD)/results
	@unit=0; $(RECURSE) unit-tests || unit=1; $(RECURSE) integration-tests && exit $$unit

# Every way to get away from a unit, many times over.
escape: $(PROGRAMS) $(TEST_PROGRAMS)
	@ESCAPE_ROUNDS=$(or $(ROUNDS),200) SVINIT_BUILD=$(BUILD) scripts/run-integration-tests $(BUILD) \
		tests/integration/test_escape.py

demo:
	@scripts/deps build
	@$(RECURSE) all samples
	@SVINIT_BUILD=$(BUILD) scripts/demo

# The core against a fake kernel: make sim, make sim SEEDS=1000, make sim SEED=42.
SIMULATOR = $(BUILD)/tests/sim/simulator
$(SIMULATOR): $(call objects,tests/sim) $(CORE) $(COMMON)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^
sim: $(SIMULATOR)
	$(SIMULATOR) --jobs $(JOBS) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SECONDS),--seconds $(SECONDS))

# Coverage-guided fuzzers, one a file of tests/fuzz, with libFuzzer and the sanitizers; a minute each. The corpus of
# tests/fuzz/fuzz_X.c is tests/fuzz/corpus/X.  make fuzz SECONDS=600 FUZZERS=load
FUZZ_BUILD = build-fuzz
FUZZERS ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(call sources,tests/fuzz))
# The warnings are gcc's business.
FUZZ_FLAGS = -w -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
fuzz:
	@scripts/deps build fuzz
	@$(RECURSE) BUILD=$(FUZZ_BUILD) CC='$(if $(findstring ccache,$(CC)),ccache )clang' CFLAGS='$(FUZZ_FLAGS)' fuzzers
	@scripts/fuzz $(FUZZ_BUILD) $(or $(SECONDS),60) $(FUZZERS:%=$(FUZZ_BUILD)/tests/fuzz/fuzz_%)
fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz/fuzz_%)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer,address,undefined -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group \
		$(call lib,inih jansson libcap) -lpthread

# Each call for memory and to the system fails: make faults, SEEDS=N, FIRST=N, VERBOSE=1 names the places.
$(BUILD)/tests/faults/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -std=gnu17 $(filter-out -Wpedantic,$(WARNINGS)) $(CFLAGS) -D_GNU_SOURCE -shared -fPIC -o $@ $<
faults: $(PROGRAMS) $(TEST_PROGRAMS) $(BUILD)/tests/faults/shim.so
	@SVINIT_BUILD=$(BUILD) tests/faults/run $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(VERBOSE),--verbose)

# Everything at once, for ten minutes: make torture, TIME=60, SERVICES=50, SEED=N.
torture: $(PROGRAMS) $(TEST_PROGRAMS)
	@SVINIT_BUILD=$(BUILD) tests/torture/run $(if $(TIME),--seconds $(TIME)) $(if $(SERVICES),--services $(SERVICES)) $(if $(SEED),--seed $(SEED))

# Whether the tests notice when the core is broken.
mutate:
	@scripts/deps build
	@scripts/mutate --jobs $(JOBS)

BENCHES = $(patsubst bench/%.c,$(BUILD)/bench/%,$(call sources,bench) $(call sources,bench/logs))

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LOAD) $(CORE) $(OS) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call lib,libcap)
# What starts thousands of times must not measure the loader.
$(BUILD)/bench/stamp $(BUILD)/bench/begin $(BUILD)/bench/raw_client: LDFLAGS += -static
# svlog alone, against the raw limit and the loggers that are installed. BENCH_ROUNDS=1 is quick, BENCH_DIR names the disk.
bench-logs: $(PROGRAMS) $(BENCHES)
	@SVINIT_BUILD=$(BUILD) python3 -B bench/logs/run.py
bench: $(PROGRAMS) $(BENCHES)
	@SVINIT_BUILD=$(BUILD) bench/run $(BENCH)

# Loading the unit files of some hundred Debian packages, which are fetched once.
UNIT_FILES ?= $(BUILD)/unit-files
bench-load: $(BUILD)/bench/load_raw $(BUILD)/bench/load_units
	@[ -e $(UNIT_FILES)/complete ] || { bench/fetch-unit-files $(UNIT_FILES) && touch $(UNIT_FILES)/complete; }
	@bench/load $(BUILD) $(UNIT_FILES)

# A start through svexec against a bare program that makes the same system calls.
$(BUILD)/bench/sandbox: $(BUILD)/bench/sandbox.o $(EXEC) $(OS) $(COMMON)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^
bench-sandbox: $(BUILD)/svexec $(BUILD)/bench/sandbox
	@$(BUILD)/bench/sandbox $(abspath $(BUILD))/svexec /bin/true $(ROUNDS)

# What must hold of the sources: their form, the layers, and what the analysers find.
C_FILES = $(sort $(shell find machine common supervisor keeper logger compressor ctl exec web tests bench units -name '*.[ch]' 2>/dev/null))
TIDY_SOURCES = $(filter-out tests/% bench/%,$(filter %.c,$(C_FILES)))
check: check-format check-layers check-tidy check-cppcheck check-man
check-format:
	@clang-format --dry-run -Werror $(C_FILES)
check-layers: $(ARCHIVES)
	scripts/check-layers $(BUILD)
check-tidy: $(TIDY_SOURCES:%.c=$(BUILD)/%.tidy)
$(BUILD)/%.tidy: $(BUILD)/%.o .clang-tidy
	$(call say,TIDY)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $*.c -- -std=gnu17 $(CPPFLAGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@
check-cppcheck:
	@cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --inline-suppr --suppressions-list=.cppcheck \
		--include=scripts/cppcheck.h --enable=warning,performance,portability -j $(JOBS) -I. -D_GNU_SOURCE -DSVINIT_VERSION='""' \
		-DSVINIT_LIBEXECDIR='""' $(filter-out tests/% bench/%,$(filter %.c,$(C_FILES)))
check-man:
	mandoc -Tlint -W warning $(sort $(wildcard man/*.[1-8]))

# The unit tests once more, under valgrind.
valgrind: $(UNIT_TESTS) $(BUILD)/svkeeper
	@VALGRIND=1 scripts/run-unit-tests $(BUILD) $(UNIT_TESTS)

# Debian's packages by name; nothing happens where they are there.
deps:
	@scripts/deps build
deps-check:
	@scripts/deps build check
deps-daemons:
	@scripts/deps build daemons

install: $(PROGRAMS)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR)/units $(DESTDIR)$(PREFIX)/share/varlink
	install -m 755 $(BUILD)/svinit $(BUILD)/svctl $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/svlog $(BUILD)/svkeeper $(BUILD)/svexec $(BUILD)/svlog-compress $(DESTDIR)$(LIBEXECDIR)
	install -m 644 $(wildcard units/*.service units/*.target) $(DESTDIR)$(LIBEXECDIR)/units
	install -m 644 supervisor/org.svinit.Supervisor.varlink $(DESTDIR)$(PREFIX)/share/varlink
	install -m 755 $(BUILD)/svmachine $(DESTDIR)$(LIBEXECDIR)
	scripts/machine-units $(DESTDIR)$(LIBEXECDIR)/machine $(LIBEXECDIR)
	for page in $(wildcard man/*.[1-8]); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	@[ -n '$(DESTDIR)' ] || scripts/after-install '$(PREFIX)'

# The same as a Debian package, which does likewise when it is installed over an older one: make deb.
deb:
	@packaging/debian/build '$(BUILD)' '$(VERSION)'

# svctl under systemctl's name, for whoever expects one; see svctl(1).
install-systemctl:
	@scripts/install-systemctl '$(DESTDIR)' '$(PREFIX)'
uninstall-systemctl:
	@scripts/install-systemctl --remove '$(DESTDIR)' '$(PREFIX)'

# svinit as the init of the machine (or of the root file system DESTDIR). What was there stays beside it.
.PHONY: install-init vm
install-init: install
	install -d $(DESTDIR)/sbin
	for name in init poweroff reboot halt; do \
		link=$(DESTDIR)/sbin/$$name; program=$(PREFIX)/bin/svctl; \
		[ $$name != init ] || program=$(PREFIX)/bin/svinit; \
		[ "$$(readlink $$link)" = $$program ] && continue; \
		[ ! -e $$link ] && [ ! -L $$link ] || mv $$link $$link.before-svinit || exit 1; \
		ln -s $$program $$link || exit 1; done

# Debian's own root file system in a virtual machine, svinit being its PID 1: make vm, make vm SCENARIOS=emergency.
vm: $(PROGRAMS) $(TEST_PROGRAMS) samples
	@scripts/deps build vm
	@tests/vm/run $(BUILD) $(SCENARIOS)

clean:
	rm -rf build build-deb build-fuzz build-sanitize build-static build-coverage

help:
	@echo 'make                    build/svinit, build/svctl, build/svlog, build/svkeeper, build/svexec'
	@echo 'make demo               svinit as PID 1 of its own namespace over units/samples, in under 15 s'
	@echo 'make test               all tests; TESTS=tests/integration/test_restart.py picks some of integration-tests'
	@echo 'make unit-tests         the tests of single modules;  make integration-tests  those of the programs'
	@echo 'make escape             every way to get away from a unit, 200 times; ROUNDS=N'
	@echo 'make test-compat        60 Debian packages under svinit (docs/compatibility.md); PACKAGES="cron redis-server" picks some'
	@echo 'make check              format, layers, clang-tidy, cppcheck, manual pages'
	@echo 'make sim                the core against random graphs and schedules; SEED=N replays one, SEEDS=N, SECONDS=N'
	@echo 'make fuzz               the coverage-guided fuzzers, a minute each; SECONDS=N, FUZZERS=load'
	@echo 'make faults             svinit and svlog while every call for memory and to the system fails; SEEDS=N'
	@echo 'make torture            200 services under every misfortune at once, for ten minutes; TIME=60, SERVICES=50'
	@echo 'make mutate             break the core in many ways and see whether the tests notice (long)'
	@echo 'make log-torture        svlog killed, full disks, vanishing files, under 50 writers: no line may be lost uncounted; SEED=N'
	@echo 'make bench              measure against the raw limit and the peers that are installed; BENCH=--large'
	@echo 'make bench-logs         svlog against cat, s6-log, svlogd, multilog and supervisord'
	@echo 'make bench-load         loading some hundred unit files against their bare reading'
	@echo 'make valgrind           the unit tests under valgrind'
	@echo 'make deps               the Debian packages to build and test; deps-check, deps-daemons: those for the rest'
	@echo 'make deb                a Debian package in $(BUILD)'
	@echo 'make install            DESTDIR= and PREFIX= (/usr/local)'
	@echo 'make install-init       install, and be /sbin/init'
	@echo 'make vm                 boot a virtual machine with svinit as PID 1 of Debian, and test it; SCENARIOS=emergency'
	@echo 'make install-systemctl  links systemctl, journalctl and their like to svctl, where no others are'
	@echo 'make test-root          packages, maintainer scripts and Ansible in a Debian of its own (root, debootstrap)'
	@echo 'SANITIZE=1 STATIC=1 COVERAGE=1   variants, each in a folder of its own: make test SANITIZE=1;  V=1 shows commands'

.PHONY: bench-logs deb mutate faults torture all samples unit-tests integration-tests log-torture everything test escape demo sim fuzz fuzzers bench bench-load check \
	check-format check-layers check-tidy \
	check-cppcheck check-man valgrind deps deps-check deps-daemons install install-systemctl uninstall-systemctl test-root clean help always
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -path $(BUILD)/vm -prune -o -type f -name '*.d' -print 2>/dev/null)
