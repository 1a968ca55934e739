#include "logger/pattern_library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char library_name[] = "libpcre2-8.so.0";

static struct pattern_library functions;

static const struct {
	const char *name;
	void *function;
} names[] = {
	{ "pcre2_compile_8", &functions.compile },
	{ "pcre2_code_free_8", &functions.code_free },
	{ "pcre2_match_data_create_from_pattern_8", &functions.match_data_create },
	{ "pcre2_match_data_free_8", &functions.match_data_free },
	{ "pcre2_match_context_create_8", &functions.match_context_create },
	{ "pcre2_match_context_free_8", &functions.match_context_free },
	{ "pcre2_set_match_limit_8", &functions.set_match_limit },
	{ "pcre2_match_8", &functions.match },
};

static bool load(void)
{
	void *library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; library && i < sizeof names / sizeof *names; i++) {
		void *found = dlsym(library, names[i].name);

		if (!found)
			return false;
		memcpy(names[i].function, &found, sizeof found);
	}
	return library;
}

const struct pattern_library *pattern_library(void)
{
	static enum { NOT_TRIED, LOADED, MISSING } state;

	if (state == NOT_TRIED)
		state = load() ? LOADED : MISSING;
	return state == LOADED ? &functions : NULL;
}
