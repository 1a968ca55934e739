# svinit: build, test and install.   make help   lists what there is.
VERSION  = 0.1.0
BUILD   ?= build$(if $(SANITIZE),-sanitize)$(if $(STATIC),-static)$(if $(COVERAGE),-coverage)
CC      ?= cc
PKG_CONFIG ?= pkg-config

WARNINGS = -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
           -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral -Wno-format-truncation
CFLAGS  ?= -O2 -g
CPPFLAGS += -I. -D_GNU_SOURCE -DSVINIT_VERSION='"$(VERSION)"' -DSVINIT_LIBEXECDIR='"$(PREFIX)/lib/svinit"'
ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(CFLAGS) -fno-common -ffunction-sections -fdata-sections \
             -fstack-protector-strong
LDFLAGS += -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,--as-needed
PREFIX  ?= /usr/local
DESTDIR ?=

ifdef SANITIZE
ALL_CFLAGS += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=address,undefined
endif
ifdef STATIC
LDFLAGS += -static
PKG_STATIC = --static
endif

lib = $(shell $(PKG_CONFIG) $(PKG_STATIC) --libs $(1) 2>/dev/null)

sources = $(wildcard $(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))

COMMON = $(BUILD)/common.a
CORE   = $(BUILD)/core.a
LOAD   = $(BUILD)/load.a
OS     = $(BUILD)/os.a
# The manager's level without main.c, so that tests can link it.
SHELL_ = $(BUILD)/supervisor.a
LOGGER = $(BUILD)/logger.a
CTL    = $(BUILD)/ctl.a
ARCHIVES = $(COMMON) $(CORE) $(LOAD) $(OS) $(SHELL_) $(LOGGER) $(CTL)

PROGRAMS = $(BUILD)/svinit $(BUILD)/svctl $(BUILD)/svlog

all: $(PROGRAMS)

$(COMMON): $(call objects,common)
$(CORE):   $(call objects,supervisor/core)
$(LOAD):   $(call objects,supervisor/load)
$(OS):     $(call objects,supervisor/os)
$(SHELL_): $(filter-out %/main.o,$(call objects,supervisor)) $(call objects,supervisor/container)
$(LOGGER): $(filter-out %/main.o,$(call objects,logger))
$(CTL):    $(filter-out %/main.o,$(call objects,ctl))

$(ARCHIVES):
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/svinit: $(BUILD)/supervisor/main.o $(SHELL_) $(LOAD) $(OS) $(CORE) $(COMMON)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call lib,inih jansson libcap)
$(BUILD)/svctl: $(BUILD)/ctl/main.o $(CTL) $(LOAD) $(CORE) $(COMMON)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(call lib,inih jansson)
$(BUILD)/svlog: $(BUILD)/logger/main.o $(LOGGER) $(COMMON)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# One program a module: tests/unit/test_X.c, linked with the archives alone.
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(SHELL_) $(CTL) $(LOGGER) $(LOAD) $(OS) $(CORE) $(COMMON)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(call lib,criterion inih jansson libcap) -lpthread

unit-tests: $(UNIT_TESTS)
	@set -e; for test in $(UNIT_TESTS); do echo "$$test"; $$test; done

clean:
	rm -rf build build-sanitize build-static build-coverage

.PHONY: all unit-tests clean
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
